-- Under a civil mandate a person lets the association receive the euros of one programme (LR-09):
-- no award of such a programme is given without a mandate that is live. Run as the owner.

-- Whose they are: the sponsor's room --------------------------------------------------------------

create table ccas.mandate (
  id uuid primary key,
  sponsor bigint not null,
  beneficiary uuid not null references ccas.beneficiary,
  programme uuid not null,                             -- its scope, of schema admin
  given_on date not null,                              -- the day it was signed
  ends_on date check (ends_on >= given_on),            -- its last day; null: until it is revoked
  sealed bytea not null,                               -- the document, by the person's key; or ''
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  replaced_at timestamptz,                             -- by a later one of the same programme
  revoked_by uuid,
  revoked_at timestamptz check ((revoked_at is null) = (revoked_by is null))
);
create index mandate_beneficiary on ccas.mandate (beneficiary, programme);
create unique index mandate_standing on ccas.mandate (beneficiary, programme)
 where replaced_at is null and revoked_at is null;
alter table ccas.mandate enable row level security;
alter table ccas.mandate force row level security;
create policy own on ccas.mandate using (sponsor = (select ccas.sponsor()));
grant select, insert on ccas.mandate to bousol_ccas;
grant update (sealed, replaced_at, revoked_by, revoked_at) on ccas.mandate to bousol_ccas;

-- What schema admin is told of them ---------------------------------------------------------------

create table admin.mandate (  -- of a pseudonym; written by the room alone, never by the application
  id uuid primary key,
  programme uuid not null references admin.programme,
  beneficiary uuid not null,
  ends_on date,
  ended_at timestamptz                                 -- revoked or replaced
);
create unique index mandate_live on admin.mandate (programme, beneficiary) where ended_at is null;
grant select on admin.mandate to bousol_app;

create function admin.lives(m admin.mandate) returns boolean language plpgsql stable as $$
begin
  return m.ended_at is null
    and (m.ends_on is null or m.ends_on >= (ledger.clock() at time zone 'Europe/Paris')::date);
end $$;

create function admin.tell_mandate() returns trigger
language plpgsql security definer set search_path = admin, pg_temp as $$
begin
  -- A batch that is being issued is through with its mandates first: see admin.aid.mandates.
  perform pg_advisory_xact_lock(hashtextextended('mandates ' || new.sponsor, 0));
  if new.given_on > (ledger.clock() at time zone 'Europe/Paris')::date or not exists (
    select from admin.programme p
     where p.id = new.programme and p.sponsor = new.sponsor and p.instrument = 'mandat_civil')
  then
    raise exception 'mandate % is of a day to come, or of no such programme', new.id
      using errcode = 'check_violation';
  end if;
  insert into admin.mandate as m (id, programme, beneficiary, ends_on, ended_at)
  values (new.id, new.programme, new.beneficiary, new.ends_on,
          coalesce(new.revoked_at, new.replaced_at))
      on conflict (id) do update set ended_at = coalesce(m.ended_at, excluded.ended_at);
  return null;
end $$;
create function admin.refuse_mandate_revival() returns trigger language plpgsql as $$
begin
  raise exception 'mandate % is over, and stays so', old.id using errcode = 'restrict_violation';
end $$;
create trigger never_revived before update of replaced_at, revoked_at, revoked_by on ccas.mandate
  for each row when (old.replaced_at is not null or old.revoked_at is not null)
  execute function admin.refuse_mandate_revival();
create trigger told after insert or update on ccas.mandate
  for each row execute function admin.tell_mandate();

-- No award without one ----------------------------------------------------------------------------

alter table admin.award add column mandate uuid references admin.mandate;  -- it is given under it
grant update (mandate) on admin.award to bousol_app;

-- Batches whose euros are issued already are given out: their mandates were on paper.
create temporary table on_paper on commit drop as
select a.id as award, gen_random_uuid() as mandate, p.id as programme, a.beneficiary
  from admin.award a
  join admin.aid_batch b on b.id = a.batch
  join admin.programme p on p.id = b.programme
 where p.instrument = 'mandat_civil' and b.status = 'issuing' and a.entry is null;
insert into admin.mandate (id, programme, beneficiary, ended_at)
select mandate, programme, beneficiary, now() from on_paper;
update admin.award a set mandate = o.mandate from on_paper o where o.award = a.id;

-- Of a batch that was issued: the award was dropped; of another one: it would be now.
create function admin.unmandated(a admin.award) returns boolean language plpgsql stable as $$
begin
  return exists (
    select from admin.aid_batch b join admin.programme p on p.id = b.programme
     where b.id = a.batch and p.instrument = 'mandat_civil'
       and case when b.entry is not null then a.status = 'refused'
                else b.status <> 'refused' and not exists (
                  select from admin.mandate m
                   where m.programme = b.programme and m.beneficiary = a.beneficiary
                     and m.ended_at is null and admin.lives(m)) end);
end $$;

create function admin.check_mandate() returns trigger language plpgsql as $$
begin
  if not exists (
    select from admin.mandate m join admin.aid_batch b on b.programme = m.programme
     where m.id = new.mandate and b.id = new.batch and m.beneficiary = new.beneficiary
       and admin.lives(m))
  then
    raise exception 'mandate % is not live, or not for award %', new.mandate, new.id
      using errcode = 'check_violation', constraint = 'award_mandate_live';
  end if;
  return new;
end $$;
create trigger mandate_live before insert or update of mandate on admin.award
  for each row when (new.mandate is not null) execute function admin.check_mandate();

create function admin.refuse_unmandated() returns trigger language plpgsql as $$
begin
  if exists (
    select from admin.aid_batch b join admin.programme p on p.id = b.programme
     where b.id = new.batch and p.instrument = 'mandat_civil')
  then
    raise exception 'award % is given under no mandate', new.id
      using errcode = 'check_violation', constraint = 'award_mandated';
  end if;
  return new;
end $$;
create trigger mandated before insert or update of entry, mandate on admin.award
  for each row when (new.entry is not null and new.mandate is null)
  execute function admin.refuse_unmandated();

create function admin.refuse_unmandated_batch() returns trigger language plpgsql as $$
begin
  if exists (
    select from admin.award a join admin.programme p on p.id = new.programme
     where a.batch = new.id and p.instrument = 'mandat_civil' and a.status = 'submitted'
       and a.mandate is null)
  then
    raise exception 'batch % has awards under no mandate', new.id
      using errcode = 'check_violation', constraint = 'aid_batch_mandated';
  end if;
  return new;
end $$;
create trigger mandated before update of status on admin.aid_batch
  for each row when (new.status = 'issuing') execute function admin.refuse_unmandated_batch();
