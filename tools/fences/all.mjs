// All fences of the house, in one list.
import { readHouse } from './house.mjs';
import { forbiddenImports } from './imports.mjs';
import { untrueManifests } from './manifests.mjs';
import { silentOpenings, unknownRooms } from './openings.mjs';
import { orphans } from './orphans.mjs';
import { impurities } from './purity.mjs';
import { openComparisons } from './secrets.mjs';

/** Every violation in the tree below `base`, as sentences that begin with the place and say what to do. */
export function violations(base) {
  const house = readHouse(base);
  const fences = [
    unknownRooms,
    forbiddenImports,
    impurities,
    untrueManifests,
    silentOpenings,
    orphans,
    openComparisons,
  ];
  return fences.flatMap((fence) => fence(house, base));
}
