-- Ada and Grace of the test files are who they say they are.

begin;
select plan(6);

select is(auth.uid(), null, 'postgres has no user id');

select tests.become('ada');
select is(auth.uid(), tests.person('ada'), 'Ada asks as Ada');
select is(current_user::text, 'authenticated', 'Ada asks in the role of somebody who is signed in');

select tests.become('grace');
select isnt(auth.uid(), tests.person('ada'), 'Grace is not Ada');

select tests.become_anon();
select is(auth.uid(), null, 'a stranger is nobody');

select tests.back();
select is(current_user::text, 'postgres', 'the tests return to the role of postgres');

select * from finish();
rollback;
