/** What a project remembers, opened before anything else is read and closed after all: whole, whatever came between. */

import { newBuildId } from "./build-id.ts";
import { isRefusal, refused, type SystemError } from "./core/error-disk.ts";
import type { Emit } from "./core/event.ts";
import type { Pipeline } from "./core/rule.ts";
import type { Project, ProjectRequest } from "./project.ts";
import { Cache } from "./store/cache.ts";
import { cachePlaceOf, type CachePlace } from "./store/cache-place.ts";
import { tryLock } from "./store/lock.ts";
import { Observer } from "./store/observer.ts";
import { finishJournals } from "./store/recover.ts";
import { State } from "./store/state.ts";
import { notRemembered, rescued } from "./warning.ts";

/** The state, as far as it can be read; what cannot is told. */
export function recall(request: ProjectRequest): State {
  const state = wholeState(request);
  tellDamage(state, request.emit);
  return state;
}

/** After a publish that a killed build left half done is finished. One that is still going on is left alone. */
function wholeState(request: ProjectRequest): State {
  const { root, doing, access, emit } = request;
  const found = new State(`${root}/.pipe`);
  if (found.journals.length === 0) return found;
  const unlock = access === "write" ? () => {} : tryLock({ root, doing });
  if (unlock === undefined) return found;
  const state = new State(`${root}/.pipe`);
  const observer = new Observer(root, state);
  // The Pipefile is not read yet. Not to look where it may keep the cache costs a needless rescue at most.
  const cache = new Cache(cachePlaceFor(request).folder, observer);
  try {
    for (const { step, path } of finishJournals({ root, state, observer, cache }, newBuildId(Date.now())))
      emit(rescued(step, path));
  } finally {
    unlock();
  }
  return state;
}

/** Where the cache is; without the Pipefile, as far as that can be told. */
export const cachePlaceFor = ({ root, env }: ProjectRequest, pipeline?: Pipeline): CachePlace =>
  cachePlaceOf(root, { options: pipeline?.options.cache, variable: env["PIPE_CACHE_DIR"] });

function tellDamage(state: State, emit: Emit): void {
  if (state.damage === undefined) return;
  emit({
    type: "warning",
    code: "state-damaged",
    message: `.pipe/state.log was not read whole: ${state.damage}`,
    hint: "what it no longer knows is found in the cache or built again",
  });
}

interface Closing extends Pick<Project, "state" | "observer"> {
  readonly atClose: readonly (() => void)[];
  /** Gives the lock back. */
  release(): void;
}

/** What is remembered last spares the next build some work; one that cannot be remembered is no failure of this one. */
export function closeProject(closing: Closing, { access, emit }: ProjectRequest): void {
  try {
    if (access === "write") remember(closing);
    else rememberLooks(closing);
  } catch (error) {
    if (!isRefusal(error as SystemError)) throw error;
    if (access === "write") emit(notRemembered(refused(error as SystemError)));
  } finally {
    closing.release();
  }
}

function remember({ state, observer, atClose }: Closing): void {
  const signatures = observer.takeSignatures();
  if (signatures.length > 0) state.append({ signatures });
  state.settle();
  for (const action of atClose) action();
}

/** Without the lock a state is added to, but neither begun nor mended. */
function rememberLooks({ state, observer }: Closing): void {
  const signatures = observer.takeSignatures();
  if (signatures.length > 0 && state.isSound) state.append({ signatures });
  state.close();
}
