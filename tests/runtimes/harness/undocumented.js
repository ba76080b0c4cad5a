/**
 * What has no documentation where an editor shows it: at the names that the package's declarations export, and at their
 * members.
 * @module
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript59";

/** @type {ts.CompilerOptions} */
const OPTIONS = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
  types: [],
};

/**
 * The names of what is exported or a member without documentation, by the entry of the package that leads there first.
 * @param {string} folder The installed package.
 */
export function undocumented(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entries = Object.entries(exports).flatMap(([entry, { types }]) =>
    Object.values(types ?? {}).map((file) => ({ entry, file: join(folder, /** @type {string} */ (file)) })),
  );
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    OPTIONS,
  );
  const walk = new Walk(program.getTypeChecker(), folder);
  for (const { entry, file } of entries) walk.module(entry, program.getSourceFile(file));
  return { missing: [...walk.missing], count: walk.count };
}

class Walk {
  /** @type {Set<string>} */
  missing = new Set();
  /** How many names and members were looked at. */
  count = 0;

  #checker;
  #folder;
  /** @type {Set<ts.Type>} */
  #seen = new Set();

  /**
   * @param {ts.TypeChecker} checker
   * @param {string} folder
   */
  constructor(checker, folder) {
    this.#checker = checker;
    this.#folder = folder;
  }

  /**
   * @param {string} entry
   * @param {ts.SourceFile | undefined} file
   */
  module(entry, file) {
    const module = file && this.#checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`${entry} is no module.`);
    for (const exported of this.#checker.getExportsOfModule(module)) {
      // An editor shows of a name that is only passed on what stands where it is made.
      const isPassedOn = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isPassedOn ? this.#checker.getAliasedSymbol(exported) : exported;
      const name = `${entry} ${exported.name}`;
      this.#look(name, [exported, symbol]);
      if (symbol.flags & ts.SymbolFlags.Type)
        this.#members(name, this.#checker.getDeclaredTypeOfSymbol(symbol));
      if (symbol.flags & ts.SymbolFlags.Class) this.#members(name, this.#checker.getTypeOfSymbol(symbol));
    }
  }

  /**
   * Of an object's type, and of the types of its members that the package declares, too.
   * @param {string} name
   * @param {ts.Type} type
   * @param {boolean} [isInside] Whether it is the type of a member.
   */
  #members(name, type, isInside = false) {
    if (type.isUnion()) {
      for (const one of type.types) this.#members(name, one, isInside);
      return;
    }
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) || this.#seen.has(type)) return;
    this.#seen.add(type);
    for (const { type: value } of this.#checker.getIndexInfosOfType(type)) {
      this.#members(`${name}[…]`, value, true);
    }
    for (const member of this.#checker.getPropertiesOfType(type)) {
      // Every class has one.
      if (member.flags & ts.SymbolFlags.Prototype) continue;
      const { declarations } = member;
      // The keys of a dictionary inside are written nowhere.
      if (!declarations && isInside) continue;
      if (declarations?.every((declaration) => isPrivate(declaration) || !this.#isOwn(declaration))) continue;
      const path = `${name}.${member.name.replace(/^__@(\w+)@\d+$/, "[Symbol.$1]")}`;
      this.#look(path, [member]);
      this.#members(path, this.#checker.getTypeOfSymbol(member), true);
    }
  }

  /**
   * @param {string} name
   * @param {ts.Symbol[]} symbols
   */
  #look(name, symbols) {
    this.count++;
    const isSaid = symbols.some((symbol) =>
      ts.displayPartsToString(symbol.getDocumentationComment(this.#checker)).trim(),
    );
    if (!isSaid) this.missing.add(name);
  }

  /**
   * Whether it stands in the package, and not in the declarations of a platform.
   * @param {ts.Declaration} declaration
   */
  #isOwn(declaration) {
    return declaration.getSourceFile().fileName.startsWith(this.#folder);
  }
}

/** @param {ts.Declaration} declaration */
function isPrivate(declaration) {
  const name = ts.getNameOfDeclaration(declaration);
  return name !== undefined && ts.isPrivateIdentifier(name);
}
