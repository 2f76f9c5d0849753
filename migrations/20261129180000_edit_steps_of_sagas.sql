-- A step of a dead saga may be given another payload.
alter table erp_outbox_steps
    add column original_payload jsonb,
    add column round smallint not null default 0 check (round >= 0);
comment on column erp_outbox_steps.original_payload is 'What was queued first, once a person edited the payload.';
comment on column erp_outbox_steps.round is 'How often it was edited; with the round of its saga, part of its reference.';
comment on column erp_outbox.round is 'How often a command was edited, or a saga was begun anew after it was taken back; part of its reference and of those of its steps.';
