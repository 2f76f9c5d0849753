-- Names that end in numbers are listed as people count: 1, 2, 10. Without ICU, which not every PostgreSQL has.
create function natural_order(written text) returns text
    language sql immutable parallel safe
    return regexp_replace(
        regexp_replace(written, '\d+', '0000000000000000000\&', 'g'), '\d*(\d{20})', '\1', 'g');
comment on function natural_order is
    'What names are sorted by: each number in them with zeros before it, to twenty digits.';
