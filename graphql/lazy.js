// What lean.ts has the exported schema use, so that each part is made when it is first asked for.
import { PgResource } from '@dataplan/pg';
import { GraphQLSchema, specifiedScalarTypes } from 'graphql';

export function lazy(make) {
  let made;
  return () => made ??= make();
}

/** An object whose properties are made when they are read, each once. */
function lazyProperties(makers) {
  const object = Object.create(null);
  for (const name of Object.keys(makers)) {
    Object.defineProperty(object, name, { enumerable: true, get: lazy(makers[name]) });
  }
  return object;
}

/**
 * A registry of resources and relations as @dataplan/pg's makeRegistry makes one: as far as it is read to
 * plan and to run a request.
 */
export function lazyRegistry({ resources, relations }) {
  const registry = { pgResources: undefined, pgRelations: undefined };
  const map = (makers, change) =>
    lazyProperties(
      Object.fromEntries(Object.keys(makers).map((name) => [name, () => change(makers[name])])),
    );
  registry.pgResources = map(resources, (options) => new PgResource(registry, options()));
  registry.pgRelations = map(relations, (ofCodec) =>
    map(ofCodec(), (relation) => {
      const { remoteResourceOptions, ...rest } = relation();
      return { ...rest, remoteResource: registry.pgResources[remoteResourceOptions.name] };
    }));
  return registry;
}

/**
 * A schema that was found to be valid when it was built. Only who asks for all of its types, as
 * introspection does, has all of them made.
 */
export class LazySchema extends GraphQLSchema {
  #types;

  /** @param makers what makes each type; null for those of graphql itself */
  constructor(makers) {
    super({ assumeValid: true });
    const own = super.getTypeMap();
    const all = Object.fromEntries(specifiedScalarTypes.map((type) => [type.name, type]));
    this.#types = lazyProperties(
      Object.fromEntries(
        Object.entries(makers).map((
          [name, make],
        ) => [name, make ?? (() => own[name] ?? all[name])]),
      ),
    );
  }

  getTypeMap() {
    // The constructor of GraphQLSchema asks too.
    return #types in this ? this.#types : super.getTypeMap();
  }

  getQueryType() {
    return this.getTypeMap().Query;
  }

  getMutationType() {
    return this.getTypeMap().Mutation;
  }
}
