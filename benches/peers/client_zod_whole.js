/**
 * The client whose check is zod's, with the import that most programs have, `import { z } from "zod"`: a bundler keeps all of zod then.
 * @module
 */

import { z } from "zod";

export { createClient } from "./client_zod.js";

/** What a bundler would leave out. */
export const all = z;
