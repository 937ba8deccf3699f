/** How many times as long as in CI the searches run: `STOWAGE_SOAK=20 npx vitest run --project unit packages/stowage/test/table`. */
export const soak = Number(process.env.STOWAGE_SOAK ?? 1);
