-- A copy of a message is tried at a test system, and changes nothing but itself.
alter table erp_outbox add column rehearsal_of uuid;
comment on column erp_outbox.rehearsal_of is 'The message it is a copy of, which may be forgotten by now; a test system takes the copy or not, and nobody has to decide about it.';
comment on column erp_outbox.status is 'pending waits, or is in progress while erp_outbox_leases has it; completed was accepted, dead needs a person, discarded was given up by one, or is a copy that was not taken.';
