/**
 * Several widgets that are moved as one: where each stands, seen from the one that is held. What
 * comes from another group than that one stands below the others.
 */
import { freePlaces } from './free/places';
import { columnsOfGroup, layoutOf, type Place, type Placed } from './grid/layout';
import { childrenOf, isGroup, sizeOf } from './grid/pixels';
import { allWidgets, findWidget } from './ids';
import { COLUMNS, type Dashboard } from './model';

/** One that goes along: its place is counted from the one that is held. */
export interface Follower extends Placed {
  isGroup: boolean;
}

/** The widgets of `ids` that go along with `lead`; those of a group that goes along are in it. */
export function followersOf(dashboard: Dashboard, lead: number, ids: Iterable<number>): Follower[] {
  const set = new Set(ids);
  const own = findWidget(dashboard, lead);
  if (!own || !set.has(lead) || set.size === 1) return [];
  const origin = placesOf(dashboard, own.group).find(({ id }) => id === lead);
  if (!origin) return [];
  const chosen = allWidgets(dashboard).filter(({ widget, group }) => widget.id !== lead && set.has(widget.id ?? 0) && (group === undefined || !set.has(group)));
  const done: Follower[] = [];
  let bottom = origin.height;
  for (const isSame of [true, false]) {
    for (const { widget, group } of chosen) {
      if ((group === own.group) !== isSame) continue;
      const place = placesOf(dashboard, group).find(({ id }) => id === widget.id);
      if (!place) continue;
      const moved = isSame ? { x: place.x - origin.x, y: place.y - origin.y } : { x: 0, y: bottom };
      done.push({ ...place, ...moved, isGroup: isGroup(widget) });
      bottom = Math.max(bottom, moved.y + place.height);
    }
  }
  return done;
}

/** The one that is held and all that go along, when it stands at `place`. No group goes into a group. */
export function blockAt(lead: number, place: Place, followers: readonly Follower[], group: number | undefined): Placed[] {
  const along = followers.filter((follower) => group === undefined || !follower.isGroup);
  return [{ id: lead, ...place }, ...along.map(({ isGroup: _, ...follower }) => ({ ...follower, x: place.x + follower.x, y: place.y + follower.y }))];
}

function placesOf(dashboard: Dashboard, group: number | undefined): Placed[] {
  if (dashboard.layout_type === 'free') return freePlaces(dashboard.widgets);
  const holder = group === undefined ? undefined : findWidget(dashboard, group)?.widget;
  return holder ? layoutOf(childrenOf(holder), columnsOfGroup(holder), sizeOf) : layoutOf(dashboard.widgets, COLUMNS, sizeOf);
}
