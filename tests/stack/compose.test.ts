import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { functionNames } from '../../local/functions.ts';
import { inProject } from '../../local/paths.ts';
import { functionSettings } from '../../scripts/deploy/target.ts';

// docker/compose.staybase.yml lies on top of a file that is not here. What it takes from there is held against a
// list of names; docker/try.sh runs what it starts, and `docker compose config` is in docs/self-hosting.md.

interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, unknown>;
  depends_on?: Record<string, { condition: string }>;
  restart?: string;
  profiles?: string[];
  secrets?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  healthcheck?: unknown;
}

const read = (...path: string[]) => readFileSync(inProject(...path), 'utf8');
const source = read('docker', 'compose.staybase.yml');
const text = source.replace(/^\s*#.*$/gm, '');
const override = { tag: '!override', collection: 'seq' as const };
const { services, volumes = {}, secrets = {} } = parse(source, {
  merge: true,
  customTags: [override],
}) as {
  services: Record<string, Service>;
  volumes?: Record<string, unknown>;
  secrets?: Record<string, { environment?: string }>;
};
const upstream = JSON.parse(read('tests', 'fixtures', 'supabase-compose.json')) as {
  services: string[];
  healthchecks: string[];
  published: string[];
  functions_at: string;
  variables: string[];
};
const all = Object.entries(services);
const isTheirs = (name: string) => upstream.services.includes(name);
const own = all.filter(([name]) => !isTheirs(name));

/** Such as ['POSTGRES_DB', ':?', '']. */
const variables = [...text.matchAll(/(?<!\$)\$\{(\w+)(:?[-?+])?([^}]*)\}/g)]
  .map(([, name = '', operator = '', word = '']) => ({ name, operator, word }));

/** Of no use to whoever reads them, and the same for everybody. */
const mayHaveADefault = [
  'API_GW_HTTP_PORT',
  'BACKUP_EVERY_MINUTES',
  'BACKUP_OFFSITE',
  'GRAPHQL_ONLY_PERSISTED',
  'PROMETHEUS_PORT',
  'UNSUBSCRIBE_URL',
];

test('what it changes of Supabase is there, and is changed only in what it adds', () => {
  expect(all.filter(([name]) => isTheirs(name)).map(([name]) => name).sort())
    .toEqual(['api-gw', 'auth', 'functions', 'rest', 'supavisor']);
  for (const [name, service] of all.filter(([name]) => isTheirs(name))) {
    expect(service.image, name).toBeUndefined();
    expect(service.command, name).toBeUndefined();
  }
  expect(own.map(([name]) => name).sort())
    .toEqual(['backup', 'migrate', 'pgbouncer', 'prometheus', 'worker']);
});

test('whatever waits for a service waits for one that can say so', () => {
  const healthy = [
    ...upstream.healthchecks,
    ...own.flatMap(([name, { healthcheck }]) => healthcheck === undefined ? [] : [name]),
  ];
  for (const [name, { depends_on = {} }] of all) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      expect([...upstream.services, ...own.map(([name]) => name)], `${name}: ${other}`)
        .toContain(other);
      if (condition === 'service_healthy') expect(healthy, `${name}: ${other}`).toContain(other);
      // What ends by itself may be started again after a failure, and not after a success.
      if (condition === 'service_completed_successfully') {
        expect(services[other]?.restart, `${name}: ${other}`).toMatch(/^on-failure/);
      }
    }
  }
  expect(services['migrate']?.depends_on).toMatchObject({
    db: { condition: 'service_healthy' },
    auth: { condition: 'service_healthy' },
    storage: { condition: 'service_healthy' },
  });
  for (const name of ['functions', 'worker', 'backup']) {
    expect(services[name]?.depends_on?.['migrate']?.condition, name)
      .toBe('service_completed_successfully');
  }
});

test('a variable has to be set, or its default opens nothing', () => {
  expect(variables.length).toBeGreaterThan(30);
  for (const { name, operator } of variables) {
    expect([name, operator]).toEqual([name, mayHaveADefault.includes(name) ? ':-' : ':?']);
  }
  for (const { name, word } of variables) {
    if (
      /PASSWORD|SECRET|TOKEN|KEY|RECIPIENTS|SMTP|URL/.test(name) && mayHaveADefault.includes(name)
    ) {
      expect([name, word]).toEqual([name, '']);
    }
  }
  // No value of a secret is written into the file.
  const written = all.flatMap(([name, { environment = {} }]) =>
    Object.entries(environment).map(([key, value]) => [`${name}: ${key}`, String(value)] as const)
  );
  for (const [what, value] of written) {
    if (/PASSWORD(?!_MIN)|SECRET|TOKEN|_KEY$|SMTP/.test(what)) {
      expect(value, what).toMatch(/^\$\{\w+:\?/);
    }
    const shown = value.replace(/\$\{[^}]*\}/g, '$');
    expect(shown, what).not.toMatch(/:\/\/[^@/]*:[^$@/][^@/]*@/);
  }
});

test('what is published is published to this machine, and nothing of Supabase to every network', () => {
  const ports = all.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port] as const));
  expect(ports.length).toBeGreaterThan(0);
  for (const [name, port] of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
  for (const name of upstream.published) {
    expect(services[name]?.ports, name).toBeDefined();
    // A list that is not replaced is added to the one that is published everywhere.
    expect(source).toMatch(new RegExp(`\\n  ${name}:\\n    ports: !override\\n`));
  }
  expect(text).not.toMatch(/network_mode|privileged|docker\.sock|pid: host/);
});

test('images have a version, and ours have no more rights than they need', () => {
  for (const [name, { image = '', build }] of own) {
    expect(image, name).toMatch(/:(v?\d+\.\d+\.\d+|\$\{STAYBASE_REVISION:\?[^}]*\})$/);
    if (build !== undefined) expect(existsSync(inProject(build.dockerfile)), name).toBe(true);
  }
  for (const [name, service] of own) {
    expect(service.read_only, name).toBe(true);
    expect(service.cap_drop, name).toEqual(['ALL']);
    expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
  }
  const dockerfile = read('docker', 'tools', 'Dockerfile');
  expect(dockerfile).toMatch(/^USER 1000:1000$/m);
  expect(dockerfile).not.toMatch(/:latest/);
  expect(dockerfile).not.toMatch(/^(ARG|ENV) .*(PASSWORD|SECRET|TOKEN|_KEY)/m);
});

test('each function is mounted where Supabase serves it, with all the settings it reads', () => {
  const { volumes: mounts = [], environment = {} } = services['functions'] ?? {};
  const names = ['_shared', ...functionNames()];
  expect(mounts.map((mount) => mount.replace(/\$\{[^}]*\}/, ''))).toEqual(
    names.map((name) => `/supabase/functions/${name}:${upstream.functions_at}/${name}:ro,z`),
  );
  // Only tests use another Stripe or a mailbox of their own.
  const wanted = functionSettings.filter((name) =>
    !['STRIPE_API_URL', 'MAIL_SINK_URL'].includes(name)
  );
  expect(Object.keys(environment).sort()).toEqual(wanted.sort());
});

test('what ours run is in their image', () => {
  const ignored = read('.dockerignore').split('\n');
  const copied = [...read('docker', 'tools', 'Dockerfile').matchAll(/^COPY (.+) \S+$/gm)]
    .flatMap(([, from = '']) => from.split(' '));
  for (const path of copied) {
    expect(
      ignored.some((line) => line.startsWith('!') && `${path}/`.startsWith(`${line.slice(1)}/`)),
      path,
    )
      .toBe(true);
  }
  for (const [name, { command = [] }] of own) {
    for (const word of command.filter((word) => /\.(ts|sh)$/.test(word))) {
      expect(existsSync(inProject(word)), `${name}: ${word}`).toBe(true);
      expect(copied.some((path) => word.startsWith(`${path}/`)), `${name}: ${word}`).toBe(true);
    }
  }
  for (const path of Object.values(services).flatMap(({ volumes = [] }) => volumes)) {
    const [, below] = /^\$\{STAYBASE_FOLDER:\?[^}]*\}\/([^:]+):/.exec(path) ?? [];
    if (below !== undefined) expect(existsSync(inProject(below)), path).toBe(true);
  }
});

test('Prometheus is configured as outside, but for where things are', () => {
  const inside = parse(read('docker', 'prometheus.yml'));
  const outside = parse(read('operate', 'prometheus', 'prometheus.yml'));
  expect(inside).toEqual({
    ...outside,
    rule_files: ['/etc/staybase/staybase.rules.yml'],
    scrape_configs: outside.scrape_configs.map((one: object) => ({
      ...one,
      authorization: { credentials_file: '/run/secrets/metrics-token' },
      static_configs: [{ targets: ['api-gw:8000'] }],
    })),
  });
  expect(services['prometheus']?.secrets).toEqual(['metrics-token']);
  expect(secrets).toEqual({ 'metrics-token': { environment: 'METRICS_TOKEN' } });
  expect(Object.keys(volumes)).toEqual(['prometheus']);
});

test('the guide names every variable, and what it names is there', () => {
  const guide = read('docs', 'self-hosting.md');
  for (const { name } of variables) {
    if (!upstream.variables.includes(name)) expect(guide, name).toContain(name);
  }
  expect(guide).toContain('docker/compose.staybase.yml');
});

test.each(['docker/try.sh', 'docker/tools/pgbouncer.sh', 'docker/tools/backup.sh'])(
  '%s is a program that a shell can read',
  (path) => {
    expect(statSync(inProject(path)).mode & 0o111, path).not.toBe(0);
    const { status, stderr } = spawnSync('sh', ['-n', join(inProject(), path)], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  },
);
