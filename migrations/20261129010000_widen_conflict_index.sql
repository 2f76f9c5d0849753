-- The ERP may change a document after its end as well: such a conflict waits for a person like any other.
create index documents_with_conflicts on documents (id) where conflicts > 0; -- conflicts that wait
drop index documents_conflicts;
