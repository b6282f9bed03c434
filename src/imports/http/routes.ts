import type { HandWritten } from '../../api/parts.js';
import type { Receiving } from '../receiving.js';
import { ImportBatchesController } from './import-batches.controller.js';
import { ImportCommands } from './import-commands.js';
import { IMPORTS } from './imports-provider.js';
import { StartImportBody } from './start-import-body.js';

/** The routes of imports, for the API: a file comes with them. */
export function importRoutes(receiving: Receiving): HandWritten {
  const commands = new ImportCommands(receiving);
  return {
    controllers: [ImportBatchesController],
    providers: [{ provide: IMPORTS, useValue: commands }],
    commands: { StartImport: StartImportBody },
    files: { StartImport: ['kind', 'fileName'] },
    mutations: { StartImport: commands.startImport },
  };
}

/** Routes that are written by hand in several rooms, as one. */
export const together = (...some: readonly HandWritten[]): HandWritten => ({
  controllers: some.flatMap(({ controllers }) => controllers),
  providers: some.flatMap(({ providers = [] }) => providers),
  imports: some.flatMap(({ imports = [] }) => imports),
  commands: Object.assign({}, ...some.map(({ commands }) => commands)) as HandWritten['commands'],
  files: Object.assign({}, ...some.map(({ files = {} }) => files)) as NonNullable<HandWritten['files']>,
  mutations: Object.assign({}, ...some.map(({ mutations = {} }) => mutations)) as NonNullable<HandWritten['mutations']>,
});
