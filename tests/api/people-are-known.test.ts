import { expect, test } from 'vitest';
import { anonClient, clientOf, person } from '../support/people.ts';

test('Ada is known to Auth by her token', async () => {
  const ada = await person('Ada');
  const client = await clientOf(ada);
  const { data, error } = await client.auth.getUser(ada.token);
  expect(error).toBeNull();
  expect(data.user?.id).toBe(ada.id);
});

test('somebody new signs up through Auth and has a profile', async () => {
  const client = await anonClient();
  const { data, error } = await client.auth.signUp({
    email: 'edith@example.com',
    password: 'correct horse battery',
    options: { data: { display_name: 'Edith' } },
  });
  expect(error).toBeNull();
  const profile = await client.from('profiles').select('*').eq('profile_id', data.user?.id ?? '')
    .single();
  expect(profile.data).toMatchObject({ display_name: 'Edith' });
});
