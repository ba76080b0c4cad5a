const quickcall = require("quickcall");

import("./place.js").then(async ({ place }) => {
  console.log(JSON.stringify(await place(quickcall, JSON.parse(process.argv[2] ?? "{}"))));
});
