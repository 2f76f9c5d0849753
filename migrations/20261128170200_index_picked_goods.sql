-- Most lines carry no lot, serial number or date: telling so has to cost next to nothing.
create index operations_goods on operations (line_id)
    where num_nonnulls(lot, serial, expires_on) > 0; -- whether a line has goods to tell apart
