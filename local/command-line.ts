import { parseArgs, type ParseArgsConfig } from 'node:util';

/**
 * The options and words of a command. `--help` prints how it is used and exits with 0; anything else that
 * the command does not know prints that to stderr and exits with 2. It is called before the command does
 * anything.
 */
export function readCommandLine<const Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  const words = config.args ?? process.argv.slice(2);
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  if (options.includes('--help') || options.includes('-h')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    // Node adds advice about `--` that only concerns file names.
    endWithUsage(usage, String((error as Error).message).split('. To specify')[0] ?? '');
  }
}

/** Exits with 2, with what is wrong with the command line and how the command is used. */
export function endWithUsage(usage: string, problem: string): never {
  console.error(`${problem}\n\n${usage}`);
  process.exit(2);
}
