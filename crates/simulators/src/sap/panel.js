const system = {
  kinds: [
    ['lost_answer', 'answer lost after commit'], ['locked', 'record is locked'], ['changed', 'record changed (412)'],
    ['expired_session', 'session and token expired'], ['latency', 'late answer'], ['429', '429 too many requests'],
    ['500', '500 server error'], ['503', '503 unavailable'], ['cut', 'cut connection'],
    ['aborted', 'function module broke off'], ['malformed', 'malformed answer'], ['html_login', 'HTML login page'],
  ],
  on: [['', 'read or write'], ['read'], ['write']],
  numbers: state => ({
    requests: state.counters.requests, writes: state.counters.writes, refused: state.counters.refused,
    'tokens refused': state.counters.tokens_refused, products: state.products, 'bills of materials': state.boms,
  }),
  latest: {
    title: 'Bills of materials, latest first',
    head: ['Number', 'Material', 'Plant', 'Items', 'Text', 'Changed'],
    row: bom => [bom.number, bom.material, bom.plant, bom.items, bom.text, utc(bom.changed_at)],
  },
  buttons: [['End all sessions', '_sessions', 'DELETE', 'All sessions ended.']],
  ticked: changes => `Changed ${changes.products.join(', ')}.`,
};
