import type { FoldCode } from '../projections/engine/fold-code.js';

export declare function foldCode(modules: ReadonlyMap<string, string>): Promise<FoldCode>;
