/*
 * One reader, step by step, while everything else happens as in `orders`: t1 it notes which nodes are old enough, t2 SSM
 * shows each node as it was at some time that is not too long ago, t3 at any later time the reading is used. Checked is
 * that its reading is one of anyReading(). Then so is each reading of every reader, and `orders` covers any number of them.
 *
 * Too long ago: reads lag by less than SETTLING. So when a node was old enough before the call was sent, no node is shown
 * as it was before that one registered. What a node may be shown as is a set of four bits.
 */
#define NOTHING 1
#define REGISTERED 2
#define SILENT 4
#define ONLINE 8
#define SHIFTED(statuses, slot) ((statuses) << (4 * (slot)))
#define ALL_OF(slot) SHIFTED(15, slot)
#define STATUS_OF(slot) (!IN(registered, slot) -> NOTHING : (!IN(beenOnline, slot) -> REGISTERED : (IN(online, slot) -> ONLINE : SILENT)))

byte stage = 0;                  /* 0: it has not read, 1: it has */
int may = 0;                     /* what each node may be shown as */
int since[ACTIVATIONS];          /* what each node has been since this one registered */
byte aged = 0;                   /* nodes that are old enough */
byte ended = 0;                  /* activations of which the end has settled */
byte asked = 0, saw = 0, sawBeen = 0, sawOnline = 0, sawOld = 0, sawEnded = 0;   /* its reading */

inline NOTE(status, slot) {
  if
  :: stage == 0 ->
     may = may | SHIFTED(status, slot);
     k = 0;
     do
     :: k < slots && since[k] != 0 -> since[k] = since[k] | SHIFTED(status, slot); k++
     :: k < slots && since[k] == 0 -> k++
     :: else -> break
     od
  :: else
  fi
}

inline noteIssued(slot) { NOTE(NOTHING, slot) }

inline noteRegistered(slot) {
  NOTE(REGISTERED, slot);
  if
  :: stage == 0 ->
     k = 0; since[slot] = 0;
     do
     :: k < slots ->
        if
        :: IN(marked, k)
        :: else -> since[slot] = since[slot] | SHIFTED(STATUS_OF(k), k)
        fi;
        k++
     :: else -> break
     od
  :: else
  fi
}

/* What is marked is passed over. */
inline noteMarked(slot) {
  if
  :: stage == 0 ->
     since[slot] = 0; may = may & ~ALL_OF(slot); aged = aged & ~BIT(slot); ended = ended & ~BIT(slot);
     k = 0;
     do
     :: k < slots -> since[k] = since[k] & ~ALL_OF(slot); k++
     :: else -> break
     od
  :: else ->
     asked = asked & ~BIT(slot); saw = saw & ~BIT(slot); sawBeen = sawBeen & ~BIT(slot); sawOnline = sawOnline & ~BIT(slot);
     sawOld = sawOld & ~BIT(slot); sawEnded = sawEnded & ~BIT(slot)
  fi
}

inline statusesWithout(statuses, slot) {
  statuses = (statuses & (SHIFTED(1, slot) - 1)) | ((statuses >> 4) & ~(SHIFTED(1, slot) - 1))
}

inline noteFreed(slot) {
  without(aged, slot); without(ended, slot);
  without(asked, slot); without(saw, slot); without(sawBeen, slot); without(sawOnline, slot); without(sawOld, slot);
  without(sawEnded, slot);
  statusesWithout(may, slot);
  k = slot;
  do
  :: k < slots - 1 -> since[k] = since[k + 1]; k++
  :: else -> break
  od;
  since[slots - 1] = 0;
  k = 0;
  do
  :: k < slots -> statusesWithout(since[k], slot); k++
  :: else -> break
  od
}

inline becomeOldEnough(slot) {
#ifndef READS_LAG_WITHOUT_BOUND
  may = may & since[slot];
#endif
  aged = aged | BIT(slot) | earlier[slot];
  k = 0;
  do
  :: k < slots ->
     if
     :: IN(aged, k) -> since[k] = 0
     :: else
     fi;
     k++
  :: else -> break
  od
}

/* It is over everywhere. A machine that registered with it before is shown from now on. */
inline noteEndSettled(slot) {
  ended = ended | BIT(slot); ending = ending & ~BIT(slot);
  if
  :: IN(registered, slot) -> may = may & ~SHIFTED(NOTHING, slot)
  :: else
  fi
}

inline observe() {
  i = 0;
  do
  :: i < slots && IN(marked, i) -> i++
  :: i < slots && !IN(marked, i) ->
     if
     :: (may & SHIFTED(NOTHING, i))
     :: (may & SHIFTED(REGISTERED, i)) -> saw = saw | BIT(i)
     :: (may & SHIFTED(SILENT, i)) -> saw = saw | BIT(i); sawBeen = sawBeen | BIT(i)
     :: (may & SHIFTED(ONLINE, i)) -> saw = saw | BIT(i); sawBeen = sawBeen | BIT(i); sawOnline = sawOnline | BIT(i)
     fi;
     i++
  :: i == slots -> break
  od;
  d_step {
    stage = 1; asked = UNMARKED | OF(node); sawOld = aged & saw; sawEnded = ended;
    aged = 0; ended = 0; may = 0; k = 0;
    do
    :: k < ACTIVATIONS -> since[k] = 0; k++
    :: else -> break
    od;
    NOTHING_READ
  }
}

/* The reading is used. anyReading() with the same youngest node must allow it. */
inline assertAnyReadingCovers() {
  NOTHING_READ;
  shown = saw; shownBeen = sawBeen; shownOnline = sawOnline;
  assert((shown & ~(registered | gone)) == 0 && (shownBeen & ~(beenOnline & shown)) == 0 && (shownOnline & ~shownBeen) == 0);   /* reading */
  assert((sawEnded & ~saw & (registered | live | ending)) == 0);    /* reading: what expire() may forget never had a node */
  if
  :: ((UNMARKED | OF(node)) & ~asked) == 0 && (sawOld & UNMARKED) != 0 ->
     i = 0;
     do                                                               /* the youngest newcomer that is old enough */
     :: i < slots && !(IN(sawOld & UNMARKED, i) && (sawOld & UNMARKED & ~earlier[i]) == BIT(i)) -> i++
     :: else -> break
     od;
     assert(i < slots);                                               /* reading */
     oldEnough = BIT(i) | earlier[i];
     assert((sawOld & UNMARKED) == (oldEnough & UNMARKED));           /* reading: those that registered earlier are old enough too */
     mustShowWhatSettled();
     assert((mustShow & ~shown) == 0 && (mustShowBeen & ~shownBeen) == 0 && (mustShowOnline & ~shownOnline) == 0)   /* reading */
  :: else
  fi;
  NOTHING_READ
}
