const line = one =>
  `${one.product}: ${one.quantity} of ${one.wanted}, ${one.state}${one.lots.length ? ' (' + one.lots.join(', ') + ')' : ''}`;
const system = {
  kinds: [
    ['latency', 'late answer'], ['429', '429 too many requests'], ['500', '500 server error'],
    ['503', '503 unavailable'], ['timeout', 'no answer at all'], ['cut', 'cut connection, nothing done'],
    ['lost_answer', 'answer lost after commit'], ['malformed', 'malformed JSON'], ['expired_key', 'expired key'],
    ['locked', 'records locked by others'],
  ],
  on: [
    ['', 'all'], ['writes', 'everything that writes'], ['stock.picking/button_validate'], ['stock.picking/write'],
    ['stock.quant/action_apply_inventory'], ['mrp.bom'], ['product.product'], ['search_read'],
  ],
  numbers: state => ({
    version: state.version, calls: state.counters.calls, writes: state.counters.writes,
    refused: state.counters.refused, products: state.products, transfers: state.transfers,
  }),
  latest: {
    title: 'Transfers, last changed first',
    head: ['Number', 'State', 'Source document', 'Lines: done of wanted', 'Changed'],
    row: one => [one.name, one.state, one.origin || '', one.lines.map(line).join('\n'), one.changed_at],
  },
  ticked: changes =>
    `Prices of ${changes.products.length} products, new delivery ${changes.added ?? '-'}, edited ${changes.edited ?? '-'}.`,
};
