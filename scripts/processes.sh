# Sourced by scripts that start long-lived programs: nothing they start outlives them.
# Every program begun by `run` or `start` inherits a mark in its environment. At the end, and also
# when the script itself is killed, whatever carries the mark is stopped.

# Shells start background commands with Ctrl-C ignored, and an ignored signal cannot be caught.
if (($(sed -n 's/^SigIgn:[[:space:]]*/0x/p' /proc/$$/status) & 2)); then
  exec env --default-signal=INT,QUIT "$0" "$@"
fi

MARK="STARTED_BY=$$.$RANDOM$RANDOM"
RUNNING=""

# start COMMAND...: in the background; its process id is in RUNNING. File 8 is the script's own lock.
start() {
  env --default-signal=INT,QUIT "$MARK" "$@" {LIFELINE}>&- 8>&- &
  RUNNING=$!
}

# run COMMAND...: starts it and waits in a way that lets a signal through at once.
run() {
  start "$@"
  wait "$RUNNING"
}

# marked: process ids that carry the mark.
marked() {
  grep -lzFx -- "$MARK" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\n' | tr '\n' ' ' || true
}

# stop_all: asks what carries the mark to end, once each; insists after 25 seconds.
stop_all() {
  local told=" " pids pid deadline=$((SECONDS + 25))
  pids="$(marked)"
  while [ -n "$pids" ] && [ "$SECONDS" -lt "$deadline" ]; do
    for pid in $pids; do
      case "$told" in *" $pid "*) continue ;; esac
      kill -TERM "$pid" 2>/dev/null || true
      told="$told$pid "
    done
    sleep 0.2
    pids="$(marked)"
  done
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || true
}

# stop_at_end [COMMAND]: from here on the end of the script stops what it started, then runs
# COMMAND. A process in a session of its own watches for the case that the script is killed.
stop_at_end() {
  AT_END="${1:-}"
  trap ended EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  exec {LIFELINE}> >(exec setsid bash -c "$(declare -p MARK); $(declare -f marked stop_all)
    trap '' INT TERM HUP
    cat >/dev/null
    stop_all
    $AT_END")
}

ended() {
  local code=$?
  trap '' INT TERM HUP
  trap - EXIT
  stop_all
  eval "$AT_END"
  if declare -F finish >/dev/null; then finish; fi
  exit "$code"
}
