import type { Column } from '../../projections/engine/projection.js';
import type { PublicTable } from '../../projections/engine/public-views.js';
import type { ReadableColumn, ReadableTable } from '../api/reads/readable-tables.js';
import type { Catalogue, ChildTable } from '../kernel/catalogue.js';
import { code, GENERATED, page, table } from './markdown.js';

/** The read tables, for whoever queries them by the API or writes reports on the database. */
export function readTablesPage(catalogue: Catalogue, shown: readonly PublicTable[], readable: readonly ReadableTable[]): string {
  const known = new Map(readable.map((one) => [one.table, one]));
  return page([
    '# Read tables',
    '',
    `${GENERATED} Each is a view of this name in the schema \`read\`, and a list under \`/api/v1/\` with its name in kebab-case.`,
    'Row-level security keeps everybody to their own organisation. Tables are computed from the log and can be built anew.',
    '',
    'Privacy: 0 open · 1 pseudonymous (`masked` where a role may not see it) · 2 personal, emptied at erasure · 3 special,',
    'sealed in the table and opened only for an answer that is recorded. *f* filters and *s* sorts a list of the API; a column',
    'without a name in JSON is for reports on the database alone.',
    '',
    'For reports and BI tools `npm run reporting-user -- create --organization <id>` makes a login of PostgreSQL. It reads the',
    'same names and columns in the schema `reporting`, and nothing else: the rows of its one organisation, whatever it sets, and',
    '*null* where the column *reports* says so, which is in every column of class 2 and 3. The views outlive rebuilds and swaps;',
    'a query may take 60 seconds, and a login may have five connections. What changed since a position:',
    '`GET /api/v1/changes?after=<position>`.',
    '',
    ...[...shown].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((one) => section(one, known.get(one.name), catalogue.childTable(one.name))),
  ]);
}

function section({ name, columns, view }: PublicTable, readable: ReadableTable | undefined, child: ChildTable | undefined): string[] {
  const about = child && !child.field.doc ? `Of each row of ${code(child.entity.table)}.` : (readable?.doc ?? '');
  const searched = readable?.searchable ? readable.search.map((one) => code(one.name)).join(', ') : undefined;
  const inAnswers = new Map((readable?.columns ?? []).map((column) => [column.column, column]));
  return [
    `## ${name}`,
    '',
    [about, ...(view ? ['Some columns depend on today, or on other tables.'] : []), ...(searched ? [`\`q=\` searches ${searched}.`] : [])].join(' '),
    '',
    ...table(
      ['column', 'JSON', 'type', 'unit', 'meaning', 'privacy', 'reports', ''],
      columns.map((column) => row(column, inAnswers.get(column.name))),
    ),
    '',
  ];
}

function row(column: Column, answer: ReadableColumn | undefined): string[] {
  const { name, type, doc } = column;
  return [
    code(name),
    answer ? code(answer.name) : '',
    type,
    unitOf(column, answer),
    doc,
    privacyOf(column, answer),
    column.privacy >= 2 ? 'null' : 'shown',
    answer ? `${answer.filterable ? 'f' : ''}${answer.sortable ? 's' : ''}` : '',
  ];
}

/** What a value counts or follows, as far as its name and type say it. */
function unitOf({ name, type, privacy }: Column, answer: ReadableColumn | undefined): string {
  if (privacy === 3) return 'sealed';
  if (type === 'numeric(14,2)') return 'pounds';
  if (name.endsWith('_pence') || answer?.field?.kind === 'pence') return 'pence';
  if (type === 'timestamptz') return 'UTC';
  if (type === 'date') return 'London date';
  return ['minutes', 'days', 'nights', 'cm'].find((unit) => name.endsWith(`_${unit}`)) ?? '';
}

function privacyOf({ privacy, scope, sensitive }: Column, answer: ReadableColumn | undefined): string {
  const { scope: ofAnswer, sensitive: masked } = answer?.classification ?? {};
  return [String(privacy), scope ?? ofAnswer, (sensitive ?? masked) ? 'masked' : undefined].filter((word) => word !== undefined).join(' ');
}
