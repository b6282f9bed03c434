/**
 * What of the compiled product decides the rows of its read tables: for each event the code that applying it runs, for each
 * projection written by hand the code that makes its rows. Hashed, so that tables are built anew when it changes.
 *
 * Code is reached by names: from an event's class to every declaration whose name stands in it, from there on, through
 * imports. A name that means something else where it stands reaches too much, which costs a rebuild that was not needed;
 * nothing that a name leads to is left out. Comments, decorators and whatever else a module holds do not count.
 */
import { parse } from '@swc/core';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path/posix';

/** How a state becomes a row: a part of every table of an entity. */
const ROWS = [
  ['src/kernel/fold.js', 'evolve'],
  ['src/kernel/fold.js', 'evolveInPlace'],
  ['projections/engine/rows.js', 'rowOf'],
  ['projections/engine/rows.js', 'childRowOf'],
];

/**
 * @param modules compiled code by path, such as `src/kernel/fold.js`.
 * @returns hashes: of every event's fold by its type, of every hand-written projection by its name, and of what makes rows.
 */
export async function foldCode(modules) {
  const reach = new Reach(modules);
  const events = {};
  const projections = {};
  for (const [path, code] of modules) {
    if (code.includes('EventOf(')) for (const one of await reach.eventsOf(path)) events[one.type] = await reach.hashFrom(path, one.roots);
    if (path.startsWith('projections/')) for (const one of await reach.projectionsOf(path)) projections[one.name] = await reach.hashFrom(path, one.roots);
  }
  const rows = await reach.hash(ROWS.filter(([path]) => modules.has(path)));
  return { rows, events: inOrder(events), projections: inOrder(projections) };
}

const inOrder = (hashes) => Object.fromEntries(Object.entries(hashes).sort(([a], [b]) => (a < b ? -1 : 1)));
const sha256 = (text) => createHash('sha256').update(text).digest('hex').slice(0, 32);

class Reach {
  #modules;
  #parsed = new Map();

  constructor(modules) {
    this.#modules = modules;
  }

  /** The events that a module declares, with what is run when one is applied or an old version of it is read. */
  async eventsOf(path) {
    const { body } = await this.#module(path);
    return body.flatMap((statement) => {
      const { left, right } = statement.expression ?? {};
      const of = isDecorated(right) && nodesIn(right).find((node) => node.type === 'CallExpression' && node.callee.value === 'EventOf');
      if (!of) return [];
      const [entity, type, , options] = of.arguments.map(({ expression }) => expression);
      if (type?.type !== 'StringLiteral') throw new Error(`${path}: the type of the event ${left.value} is to stand there as text, so that its code is found.`);
      return [{ type: type.value, roots: [left, entity, propertyOf(options, 'upcasters')].filter(Boolean) }];
    });
  }

  /** The projections written by hand in a module, with what makes their rows: objects with a name, a version and `apply`. */
  async projectionsOf(path) {
    const { body } = await this.#module(path);
    return body.flatMap(nodesIn).flatMap((node) => {
      const name = propertyOf(node, 'name');
      const apply = propertyOf(node, 'apply');
      if (name?.type !== 'StringLiteral' || !apply || !propertyOf(node, 'version')) return [];
      return [{ name: name.value, roots: [apply, propertyOf(node, 'asks')].filter(Boolean) }];
    });
  }

  /** Hash of pieces of a module's code and of all that they reach. */
  async hashFrom(path, pieces) {
    const module = await this.#module(path);
    const reached = await this.#reached(pieces.flatMap(namesIn).flatMap((name) => (module.names.has(name) ? [[path, name]] : [])));
    return sha256([...pieces.map(textOf), ...reached].join('\n'));
  }

  /** Hash of declarations and of all that they reach. */
  async hash(declarations) {
    return sha256((await this.#reached(declarations)).join('\n'));
  }

  /** Texts of declarations and of all that they reach, in an order that does not depend on where they stand. */
  async #reached(declarations) {
    const seen = new Set();
    const texts = [];
    const waiting = [...declarations];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [path, name] = next;
      if (seen.has(next.join('#')) || !this.#modules.has(path)) continue;
      seen.add(next.join('#'));
      const { names, everywhere } = await this.#module(path);
      const found = names.get(name);
      if (!found) waiting.push(...everywhere.map((from) => [from, name]));
      else if (found.from) waiting.push(...(found.name === '*' ? await this.#all(found.from) : [[found.from, found.name]]));
      else {
        const { text, uses } = spelled(found);
        texts.push(text);
        for (const used of uses) if (names.has(used)) waiting.push([path, used]);
      }
    }
    return texts.sort();
  }

  async #all(path) {
    return this.#modules.has(path) ? [...(await this.#module(path)).names.keys()].map((name) => [path, name]) : [];
  }

  async #module(path) {
    if (!this.#parsed.has(path)) this.#parsed.set(path, namesOf(path, await parse(this.#modules.get(path), { syntax: 'ecmascript', target: 'es2022' })));
    return this.#parsed.get(path);
  }
}

/** The names at the top of a module: what each is, or where it comes from. */
function namesOf(path, { body }) {
  const names = new Map();
  const everywhere = [];
  const from = (source) => (source.value.startsWith('.') ? join(dirname(path), source.value) : source.value);
  const declare = (name, node) => names.set(name, { nodes: [...(names.get(name)?.nodes ?? []), node] });
  for (const statement of body) {
    const declaration = statement.declaration ?? statement.decl ?? statement;
    if (statement.type === 'ImportDeclaration') {
      for (const one of statement.specifiers) names.set(one.local.value, { from: from(statement.source), name: importedName(one) });
    } else if (statement.type === 'ExportAllDeclaration') everywhere.push(from(statement.source));
    else if (statement.type === 'ExportNamedDeclaration') {
      for (const { orig, exported } of statement.specifiers) {
        if (statement.source) names.set((exported ?? orig).value, { from: from(statement.source), name: orig.value });
        else if (exported && exported.value !== orig.value) names.set(exported.value, { from: path, name: orig.value });
      }
    } else if (declaration.type === 'VariableDeclaration') {
      for (const one of declaration.declarations) for (const name of namesIn(one.id)) declare(name, one);
    } else if (declaration.identifier) declare(declaration.identifier.value, declaration);
    else if (statement.expression?.type === 'AssignmentExpression' && !isDecorated(statement.expression.right)) {
      for (const name of namesIn(statement.expression.left)) declare(name, statement.expression);
    }
  }
  return { body, names, everywhere };
}

/** Text of a declaration and the names in it: made when it is reached for the first time. */
function spelled(declared) {
  declared.text ??= declared.nodes.map(textOf).join();
  declared.uses ??= [...new Set(declared.nodes.flatMap(namesIn))];
  return declared;
}

const importedName = ({ type, imported, local }) =>
  type === 'ImportNamespaceSpecifier' ? '*' : type === 'ImportDefaultSpecifier' ? 'default' : (imported ?? local).value;

const isDecorated = (node) => node?.type === 'CallExpression' && node.callee.value === '_ts_decorate';

/** The value of an object's property; a method is its own value. */
function propertyOf(node, name) {
  if (node?.type !== 'ObjectExpression') return undefined;
  const found = node.properties.find((one) => (one.key ?? one).value === name);
  return found?.type === 'KeyValueProperty' ? found.value : found;
}

/** A piece of code with all that is in it. */
function nodesIn(node) {
  const inner = Object.values(node).flatMap((value) => (value !== null && typeof value === 'object' ? nodesIn(value) : []));
  return typeof node.type === 'string' ? [node, ...inner] : inner;
}

/** The names that stand in a piece of code, but for those of properties. */
function namesIn(node) {
  if (node === null || typeof node !== 'object') return [];
  if (node.type === 'Identifier') return [node.value];
  return Object.entries(node).flatMap(([part, inner]) => {
    const ofProperty = (part === 'property' || part === 'key') && inner?.type === 'Identifier';
    return ofProperty ? [] : namesIn(inner);
  });
}

const isPlace = (value) => typeof value?.start === 'number' && typeof value.end === 'number';
/** Code without its places and comments. */
const textOf = (node) => JSON.stringify(node, (part, value) => (part === 'ctxt' || isPlace(value) ? undefined : value));
