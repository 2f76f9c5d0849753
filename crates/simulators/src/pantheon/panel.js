const system = {
  zone: 'Belgrade',
  kinds: [
    ['latency', 'late answer'], ['429', '429 too many requests'], ['500', '500 server error'],
    ['cut', 'cut connection'], ['malformed', 'malformed JSON'], ['expired_token', 'expired token'],
    ['slow_body', 'slow body'], ['html_login', 'HTML login page'], ['empty_page', 'empty page'],
    ['short_page', 'short page'], ['duplicate_row', 'duplicate row'],
  ],
  on: [
    ['', 'data methods'], ['getIdentWMS'], ['GetSubjectWMS'], ['GetIssueDocWMS'], ['GetReceiptDocWMS'],
    ['GetStockWMS'], ['login'], ['*', 'everything'],
  ],
  numbers: state => ({
    requests: state.counters.requests, logins: state.counters.logins,
    'too fast (429)': state.counters.too_fast, refused: state.counters.refused, 'rows sent': state.counters.rows,
    items: state.items, dispatches: state.dispatches, receipts: state.receipts,
  }),
  ticked: changes =>
    `Edited ${changes.items.length} items, new dispatch ${changes.added ?? '-'}, edited ${changes.edited.join(', ') || '-'}.`,
};
