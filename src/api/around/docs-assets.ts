import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** A file of the documentation's pages. */
export interface Asset {
  readonly type: string;
  readonly policy: string;
  readonly body: string | Buffer;
}

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>YUTHUB API</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css">
  </head>
  <body>
    <div id="ui"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;
const START = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#ui', deepLinking: true, docExpansion: 'none', filter: true, validatorUrl: null });\n`;

/** Of Swagger UI, which is a dependency: nothing is loaded from elsewhere. */
const fromSwagger: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

const swaggerFolder = (createRequire(import.meta.url)('swagger-ui-dist/absolute-path.js') as () => string)();

const loaded = new Map<string, Promise<Buffer>>();

/** A file of the documentation by its name, undefined where there is none of that name. */
export async function docsAsset(name: string): Promise<Asset | undefined> {
  if (name === 'index.html') return { type: 'text/html; charset=utf-8', policy: POLICY, body: PAGE };
  if (name === 'start.js') return { type: 'text/javascript; charset=utf-8', policy: POLICY, body: START };
  const type = Object.hasOwn(fromSwagger, name) ? fromSwagger[name] : undefined;
  if (type === undefined) return undefined;
  const file = loaded.get(name) ?? readFile(join(swaggerFolder, name));
  loaded.set(name, file);
  return { type, policy: POLICY, body: await file };
}
