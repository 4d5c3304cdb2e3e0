/**
 * Everything to declare a layout with, under one name: numbers, contents, composites, and the expressions between them.
 *
 * @since 0.1.0
 */
export * from "./Expr.ts"
export * from "./layout/Composite.ts"
export * from "./layout/Content.ts"
export * from "./layout/Number.ts"
