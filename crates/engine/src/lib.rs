//! What runs by itself: sync, schedules, rescue and pruning.
