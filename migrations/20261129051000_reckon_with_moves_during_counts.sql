-- A count is compared with what lay there while it was counted, not when its figure arrived: picks that fall
-- into that time, or were sent after it, make no difference.
alter table count_lines add column began_at timestamptz;
alter table count_lines add column counted_at timestamptz;
alter table count_lines add column left_meanwhile numeric(14, 4) not null default 0;
alter table count_lines add column came_meanwhile numeric(14, 4) not null default 0;
alter table count_lines add column open_picks numeric(14, 4) not null default 0;
alter table count_lines add column reckoned_at timestamptz;
comment on column count_lines.on_record is 'What should have been there when it was counted last: of all that lay there in that time, what is nearest to the figure.';
comment on column count_lines.began_at is 'Since when the last person may have counted: the act before, or when it was asked for.';
comment on column count_lines.counted_at is 'When the last figure was entered; by the device''s clock when that was without a network.';
comment on column count_lines.left_meanwhile is 'What left between began_at and counted_at.';
comment on column count_lines.came_meanwhile is 'What came between began_at and counted_at.';
comment on column count_lines.open_picks is 'What tasks under way still wanted from there when it was counted.';
comment on column count_lines.reckoned_at is 'When acts of before the count came in after it was settled, so that it was compared again.';
create index count_lines_counted on count_lines (location_id, item_id, counted_at) where state = 'settled'; -- counts that late acts reach

alter table count_entries add column made_at timestamptz;
comment on column count_entries.made_at is 'The device''s clock.';
create index count_entries_user on count_entries (user_id, recorded_at desc); -- when a person counted last

alter table stock_moves add column count_id bigint;
comment on column stock_moves.count_id is 'The count that corrected what lies there; without a key, like all bulk rows.';
comment on column stock_moves.moved_at is 'When it was done; by the device''s clock, and never after its arrival, when that was without a network.';
