// What `make check` asks of every script of assets/ and tests/js. That names exist is tsc's to see (tsconfig.json).

import js from "@eslint/js";

export default [
  { ignores: ["assets/vendor/", ".venv/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "off",
      "no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "arrow-body-style": "error",
      eqeqeq: "error",
      "no-duplicate-imports": "error",
      "no-implicit-coercion": "error",
      "no-param-reassign": "off",
      "no-shadow": ["error", { builtinGlobals: false, hoist: "functions" }],
      "no-throw-literal": "error",
      "no-useless-rename": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
];
