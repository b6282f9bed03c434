/** Who may import whom. */
const assembled = '^src/(app\\.module\\.ts|main\\.ts|cli\\.ts|assembly/|demo/)';
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'kernel-is-pure', severity: 'error', from: { path: '^src/kernel' }, to: { path: '^(src|projections|migrations)/(?!kernel)' } },
    { name: 'domain-knows-the-kernel-only', severity: 'error', from: { path: '^src/domain' }, to: { path: '^(src|projections|migrations)/(?!kernel|domain)' } },
    { name: 'rooms-do-not-know-the-domain', severity: 'error', from: { path: '^src/(event-store|privacy|access)' }, to: { path: '^src/domain' } },
    { name: 'jobs-do-not-know-the-domain', severity: 'error', from: { path: '^src/jobs' }, to: { path: '^(src/(domain|api|access|audit)|projections)/' } },
    { name: 'file-formats-are-pure', severity: 'error', from: { path: '^src/imports/formats' }, to: { path: '^(src|projections|migrations)/(?!kernel|domain/money|imports/formats)' } },
    { name: 'imports-do-not-know-who-is-in-the-house', severity: 'error', from: { path: '^src/imports' }, to: { path: '^(src/(audit|jobs|custody)|projections|migrations)/' } },
    { name: 'one-room-knows-how-queues-are-made', severity: 'error', from: { pathNot: '^src/jobs/bullmq' }, to: { path: 'node_modules/(bullmq|ioredis)/' } },
    { name: 'only-the-entrance-knows-everything', severity: 'error', from: { pathNot: assembled }, to: { path: assembled } },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, doNotFollow: { path: 'node_modules' } },
};
