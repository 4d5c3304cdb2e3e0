/** Modules whose names are others today: Python 3 renamed most, NumPy 2 its core, and Python 3.13 alone pickled `pathlib._local`. */
const modules: ReadonlyMap<string, string> = new Map([
  ["__builtin__", "builtins"],
  ["copy_reg", "copyreg"],
  ["exceptions", "builtins"],
  ["cPickle", "pickle"],
  ["StringIO", "io"],
  ["cStringIO", "io"],
  ["UserDict", "collections"],
  ["UserList", "collections"],
  ["UserString", "collections"],
  ["Queue", "queue"],
  ["ConfigParser", "configparser"],
  ["pathlib._local", "pathlib"],
  ["numpy.core.multiarray", "numpy._core.multiarray"],
  ["numpy.core.numeric", "numpy._core.numeric"]
])

/** Names that Python 3 renamed; in those marked, the type of today is not what the name meant. */
const names: ReadonlyMap<string, readonly [module: string, name: string, same: boolean]> = new Map([
  ["__builtin__.xrange", ["builtins", "range", true]],
  ["__builtin__.long", ["builtins", "int", false]],
  ["__builtin__.unicode", ["builtins", "str", false]],
  ["__builtin__.basestring", ["builtins", "str", false]],
  ["__builtin__.unichr", ["builtins", "chr", true]],
  ["__builtin__.reduce", ["functools", "reduce", true]],
  ["__builtin__.intern", ["sys", "intern", true]],
  ["UserDict.IterableUserDict", ["collections", "UserDict", true]],
  ["itertools.ifilterfalse", ["itertools", "filterfalse", true]],
  ["itertools.izip_longest", ["itertools", "zip_longest", true]],
  ["itertools.izip", ["builtins", "zip", true]],
  ["itertools.imap", ["builtins", "map", true]],
  ["itertools.ifilter", ["builtins", "filter", true]]
])

/** Today's module and name of a global, and whether it still is what it was called. */
export const renamed = (module: string, name: string): readonly [module: string, name: string, same: boolean] =>
  names.get(`${module}.${name}`) ?? [modules.get(module) ?? module, name, true]
