declare module '@centrapay/swift-parser' {
  /** Of the fields that the library gives, those that are used here. */
  interface SwiftTransaction {
    readonly amount: { toFixed(places: number): string };
    readonly details: string;
    readonly structuredDetails?: Readonly<Record<string, string>>;
    readonly reference: string;
    readonly bankReference: string;
    readonly extraDetails: string;
  }
  interface SwiftStatement {
    readonly currency: string;
    readonly transactions: readonly SwiftTransaction[];
  }
  const parser: { parse(of: { readonly data: string; readonly type: 'mt940'; readonly validate?: boolean }): readonly SwiftStatement[] };
  export default parser;
}
