-- Registrations: who answers, where a later chapter has a say in what an earlier one does.
--
-- A chapter names only earlier ones. Whether a payment can still be paid, or what an offer costs,
-- only the chapter of its purpose knows: it registers the function that answers, and is asked by
-- name. The question says what that function is given and returns, and whoever asks says so where
-- it asks. Only functions in `private` can be called so, and only the owner registers them.
-- docs/what-follows.md lists who asks and who answers.

create table private.registrations (
  question text not null,
  about    text not null,
  answer   text not null,

  primary key (question, about)
);

alter table private.registrations enable row level security;
comment on table private.registrations is
  'The functions in `private` that earlier chapters call by what they ask and about what.';

create function private.registered(question text, about text)
  returns text language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select registrations.answer from private.registrations
    where registrations.question = registered.question and registrations.about = registered.about);
end $$;

comment on function private.registered is
  'The name of the function that answers this question about this; null if nobody has to be asked.';
