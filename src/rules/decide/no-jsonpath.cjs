// Replaces jsonpath-plus in the bundle and in tests (see [alias] in wrangler.toml). Its 10.x has a history of remote code
// execution, and a rule never needs it: every engine gets a path resolver.
exports.JSONPath = () => {
  throw new Error('JSONPath is not available: write paths as names joined by dots, "a.b.0"');
};
