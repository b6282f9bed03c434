import 'reflect-metadata';
import { organizationCommand } from './access/command-line.js';
import { openCore, type Core } from './assembly/core.js';
import { openDatabasesBeside } from './assembly/databases.js';
import { InvalidConfiguration, loadConfiguration } from './platform/configuration.js';
import { projectionsCommand, type Terminal } from '../projections/engine/command-line.js';

const print = (text: string): void => void process.stdout.write(text);
/** Progress replaces its own line where somebody watches, and is a line of its own in a file. */
const terminal: Terminal = {
  line: (text) => print(`${process.stdout.isTTY ? '\r\x1b[K' : ''}${text}\n`),
  progress: (text) => print(process.stdout.isTTY ? `\r\x1b[K${text}` : `${text}\n`),
};

/** What can be done from the command line, beside a running product or without one. */
const tasks: Readonly<Record<string, (argv: readonly string[], core: Core) => Promise<number>>> = {
  organization: (argv, { access }) => organizationCommand(argv, { founding: access.founding, print }),
  projections: (argv, { engine }) => projectionsCommand(argv, engine, terminal),
};

async function main([task, ...argv]: readonly string[]): Promise<number> {
  const run = tasks[task ?? ''];
  if (!run) {
    process.stderr.write(`Say what to do: ${Object.keys(tasks).join(', ')}.\n`);
    return 2;
  }
  const configuration = loadConfiguration(process.env);
  const tell = (message: string): void => void process.stderr.write(`${message}\n`);
  const databases = await openDatabasesBeside(configuration, tell);
  try {
    const core = await openCore(configuration, databases.urls, tell);
    try {
      return await run(argv, core);
    } finally {
      await core.close();
    }
  } finally {
    await databases.stop();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof InvalidConfiguration || error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
