/*
 * One name: its record, what Systems Manager (SSM) knows of it, and every order in which things can happen to them.
 * check.sh runs it. README.md has the rules by number, what is proved, and how far.
 *
 * A slot is an activation together with the node that registered with it: the registration limit is 1. Slots stand in
 * the order in which their activations were issued. A slot that is forgotten is used again, so ACTIVATIONS bounds how
 * many activations a name has at a time, not how many it ever had. A set of slots is a byte.
 */
#ifndef ACTIVATIONS
#define ACTIVATIONS 3
#endif
#define NONE 7
#define BIT(slot) (1 << (slot))
#define OF(slot) (slot == NONE -> 0 : BIT(slot))
#define IN(set, slot) ((set) & BIT(slot))
#define LETTER(slot) (slot == NONE -> '-' : 'A' + slot)

/* `fresh` stands for `first` and `retry`, and for a grant whose right has ended: it replaces no node that was Online. */
mtype = { fresh, rejoin, release };

/* ---- The name's record (record.ts) ---- */

byte activation = NONE;          /* the activation that is out */
byte superseded = 0;             /* the earlier ones; a marked entry is kept here until its node is gone */
byte disowned = 0;               /* superseded by a removal: no node of theirs is to have the name */
byte marked = 0;                 /* `decided`: their nodes were disowned or replaced, and are to be deregistered (rule 5) */
byte node = NONE;                /* the linked node */
bool seenOnline = false;
bool released = false;
mtype grant[ACTIVATIONS];
byte replaces[ACTIVATIONS];      /* of a rejoin or a release: the node whose place it may take */

#define UNMARKED ((superseded | OF(activation)) & ~marked)

/* ---- SSM, as it is; the rules see no more of it than a reading shows ---- */

byte slots = 0;                  /* how many are in use */
byte live = 0;                   /* activations that can register a machine */
byte ending = 0;                 /* activations that were deleted or that expired, perhaps not yet everywhere: some still can */
byte registered = 0;             /* nodes */
byte gone = 0;                   /* nodes that were deregistered, where an old reading could still matter */
byte online = 0, beenOnline = 0;

/* ---- History, for the promises and for what a reading must show ---- */

byte earlier[ACTIVATIONS];       /* the nodes that registered before this one */
byte beenOnlineAt[ACTIVATIONS];  /* those of them that had been Online by then */
byte onlineSince[ACTIVATIONS];   /* the node that this one may replace by a rejoin, if Online then and ever since */
#ifdef STRAY_CAN_REGISTER
byte strays = 0;                 /* activations that machines hold and the record does not */
#endif

/* ---- A reading: one DescribeInstanceInformation by ActivationIds, and a clock that was read before it was sent ---- */

byte shown, shownBeen, shownOnline;      /* nodes; those of them that have been Online; those Online */
byte oldEnough;                          /* registered longer ago than reads may lag */
byte askedAll;                           /* all unmarked activations of the record, as it is now, were asked about */
byte mustShow, mustShowBeen, mustShowOnline;    /* what had settled before it was sent */
byte couldBeLinked, newcomers, i, k;

/* All of these are 0 between steps. They must not be `hidden`: Spin does not restore such variables when it goes back over a d_step. */
#define NOTHING_READ shown = 0; shownBeen = 0; shownOnline = 0; oldEnough = 0; askedAll = 0; mustShow = 0; mustShowBeen = 0; mustShowOnline = 0; couldBeLinked = 0; newcomers = 0; i = 0; k = 0

#ifdef CALLERS
/* ---- Callers, step by step: the attempt in the record, and what each caller has yet to delete ---- */

byte attempt = 0;                /* whose it is: 1, 2; 0: nobody's */
bool leased = false;
mtype attemptGrant = fresh;
byte attemptReplaces = NONE;
byte toDelete[3];
bool stopped = false;
#endif

inline without(set, slot) { set = (set & (BIT(slot) - 1)) | ((set >> 1) & ~(BIT(slot) - 1)) }
inline indexWithout(index, slot) {
  if
  :: index == slot -> index = NONE
  :: index != NONE && index > slot -> index--
  :: else
  fi
}

#ifdef READER
#include "reader.pml"
#else
#define NOTE(status, slot) skip
#define noteIssued(slot) skip
#define noteRegistered(slot) skip
#define noteMarked(slot) skip
#define noteFreed(slot) skip
#endif

/* ==== The record's transitions, by the names of the functions that they stand for ==== */

inline supersede() {
  superseded = superseded | OF(activation);
  activation = NONE
}

/* Whatever was to replace this node has no right to any more. */
inline endRightsOver(slot) {
  k = 0;
  do
  :: k < slots ->
     if
     :: replaces[k] == slot -> grant[k] = fresh; replaces[k] = NONE; onlineSince[k] = 0
     :: else
     fi;
     k++
  :: else -> break
  od
}

inline strip(slot) { grant[slot] = fresh; replaces[slot] = NONE; onlineSince[slot] = 0 }

/* decided(): rule 5. Nothing matters of a marked node but that it is to be deregistered: the rest is wiped, so that states coincide. */
inline mark(slot) {
  endRightsOver(slot);
  strip(slot);
  marked = marked | BIT(slot); superseded = superseded | BIT(slot); disowned = disowned & ~BIT(slot);
#ifndef WITHOUT_MARK
  online = online & ~BIT(slot); beenOnline = beenOnline & ~BIT(slot);
#endif
  earlier[slot] = 0; beenOnlineAt[slot] = 0;
  noteMarked(slot);
  k = 0;
  do
  :: k < slots -> earlier[k] = earlier[k] & ~BIT(slot); beenOnlineAt[k] = beenOnlineAt[k] & ~BIT(slot); k++
  :: else -> break
  od
}

/* P10, for a node that loses its name, or its life, to another. */
inline assertMayLose(loser, winner) {
  assert(replaces[winner] == loser || !IN(beenOnlineAt[winner], loser));                              /* P10 */
  assert(replaces[winner] != loser || grant[winner] == release || !IN(onlineSince[winner], loser));   /* P10 */
  assert(node != loser || !IN(shownOnline, loser) || (replaces[winner] == loser && grant[winner] == release))   /* P10 */
}

inline disown(slot) {
  printf("the node of %c is disowned; the name's node is %c\n", LETTER(slot), LETTER(node));
  if
  :: node != NONE && !IN(disowned, slot) -> assertMayLose(slot, node)
  :: else
  fi;
  if
  :: activation == slot -> activation = NONE
  :: else
  fi;
  mark(slot)
}

inline takeName(slot) {
  printf("the node of %c is linked; the name's node was %c, in the reading: been Online %d, Online %d\n", LETTER(slot), LETTER(node), IN(shownBeen, node) != 0, IN(shownOnline, node) != 0);
  assert(IN(registered, slot));                                       /* no ghost: a node that was deregistered */
  assert(node == NONE || !seenOnline || replaces[slot] == node);      /* P4 */
  if
  :: node != NONE -> assertMayLose(node, slot); mark(node)
  :: else
  fi;
  if
  :: activation == slot -> activation = NONE
  :: else
  fi;
  superseded = superseded & ~BIT(slot);
  node = slot; seenOnline = (IN(shownBeen, slot) != 0); released = false;
  strip(slot)
}

#ifdef WITHOUT_WAITING
#define MAY_TAKE_IT(slot) true
#else
#define MAY_TAKE_IT(slot) (askedAll && IN(oldEnough, slot))
#endif

/* judge(), and linkOne(), which does what it says. A newcomer for which nothing is done waits for the next reading. */
inline judge(slot) {
#ifdef WITHOUT_JUDGING
  takeName(slot)
#else
  if
  :: IN(disowned, slot) -> disown(slot)                               /* rule 4, end */
  :: !IN(disowned, slot) && node == NONE ->                           /* rule 2 */
     if
     :: (UNMARKED & ~disowned) == BIT(slot) || MAY_TAKE_IT(slot) -> takeName(slot)
     :: else
     fi
  :: !IN(disowned, slot) && node != NONE ->                           /* rule 3 */
     if
     :: replaces[slot] == node && grant[slot] == release ->           /* (i) */
#ifdef RELEASE_WITHOUT_WAITING
        takeName(slot)
#else
        if
        :: MAY_TAKE_IT(slot) -> takeName(slot)
        :: else
        fi
#endif
     :: else ->
        if
        :: seenOnline && replaces[slot] != node -> disown(slot)       /* (ii) */
#ifndef REPLACING_WHAT_IS_ONLINE
        :: IN(shownOnline, node) -> disown(slot)                      /* (iii) */
#endif
        :: else ->
           if
           :: MAY_TAKE_IT(slot) -> takeName(slot)                     /* (iv) */
           :: else
           fi
        fi
     fi
  fi
#endif
}

/* Rule 4, with stripIfBack(). A release stays. */
inline revokeIfOnline() {
  if
  :: node != NONE && activation != NONE && seenOnline && replaces[activation] != node -> supersede()
  :: node != NONE && activation != NONE && replaces[activation] == node && grant[activation] == rejoin && IN(shownOnline, node) ->
     printf("%c is stripped of its rejoin and superseded\n", LETTER(activation));
     strip(activation);
     supersede()
  :: else
  fi
}

/* A reading, applied to the record as it is now. Rule 1: the oldest registration first; what is marked is passed over. */
inline link() {
  if
  :: node != NONE && IN(shownBeen, node) -> seenOnline = true
  :: else
  fi;
  newcomers = shown & UNMARKED;
  do
  :: newcomers != 0 ->
     i = 0;
     do
     :: i < slots && !(IN(newcomers, i) && (earlier[i] & newcomers) == 0) -> i++
     :: else -> break
     od;
     newcomers = newcomers & ~BIT(i);
     judge(i)
  :: else -> break
  od;
  revokeIfOnline()
}

/* issued(). A machine is answered after this write (rule 6), so it can register only with what a record has held. */
inline issue(itsGrant, itsNode) {
  activation = slots; slots++;
  grant[activation] = itsGrant; replaces[activation] = itsNode;
  live = live | BIT(activation);
  noteIssued(activation);
  revokeIfOnline()
}

/* An operator removes the name, its EC2 instance was terminated, or its node was silent for too long. */
inline giveUp() {
  printf("the name is given up; its node was %c\n", LETTER(node));
  supersede();
#ifdef CALLERS
  attempt = 0; leased = false;
#endif
  disowned = disowned | UNMARKED;
  if
  :: node != NONE -> mark(node)
  :: else
  fi;
  node = NONE; seenOnline = false; released = false
}

/* Nobody will ever again speak of this activation or its node. */
inline freeSlot(slot) {
  endRightsOver(slot);
  without(superseded, slot); without(disowned, slot); without(marked, slot);
  without(live, slot); without(ending, slot); without(registered, slot); without(gone, slot);
  without(online, slot); without(beenOnline, slot);
  indexWithout(activation, slot); indexWithout(node, slot);
#ifdef STRAY_CAN_REGISTER
  without(strays, slot);
#endif
#ifdef CALLERS
  without(toDelete[1], slot); without(toDelete[2], slot); indexWithout(attemptReplaces, slot);
#endif
  noteFreed(slot);
  slots--;
  k = 0;
  do
  :: k < slots ->
     if
     :: k >= slot ->
        grant[k] = grant[k + 1]; replaces[k] = replaces[k + 1];
        earlier[k] = earlier[k + 1]; beenOnlineAt[k] = beenOnlineAt[k + 1]; onlineSince[k] = onlineSince[k + 1]
     :: else
     fi;
     indexWithout(replaces[k], slot);
     without(earlier[k], slot); without(beenOnlineAt[k], slot); without(onlineSince[k], slot);
     k++
  :: else -> break
  od;
  strip(slots); earlier[slots] = 0; beenOnlineAt[slots] = 0
}

/* withoutNode(): it was deregistered by hand, and a reading did not show it though it had long been linked (rule 9). */
inline withoutNode() {
  printf("the node of %c is found gone: the name is free\n", LETTER(node));
  i = node;
  node = NONE; seenOnline = false; released = false;
#ifdef FOUND_GONE_WITHOUT_MARK
  superseded = superseded | BIT(i)
#else
  freeSlot(i)
#endif
}

/* doOutstandingWork() deregisters what is marked; rule 7. A marked entry without a node changes nothing, kept or not. */
inline deregister(slot) {
  printf("the node of %c is deregistered\n", LETTER(slot));
  assert(node != slot);                                               /* rule 7: not the name's node */
#ifdef WITHOUT_MARK
  marked = marked & ~BIT(slot);
  registered = registered & ~BIT(slot); gone = gone | BIT(slot); online = online & ~BIT(slot)
#else
  freeSlot(slot)
#endif
}

/* ==== Machines ==== */

inline register(slot) {
  printf("a machine registers with %c\n", LETTER(slot));
  live = live & ~BIT(slot); ending = ending & ~BIT(slot);
  earlier[slot] = registered & ~marked;
  beenOnlineAt[slot] = beenOnline & registered & ~marked;
  onlineSince[slot] = (grant[slot] == rejoin -> online & OF(replaces[slot]) : 0);
  registered = registered | BIT(slot);
  noteRegistered(slot)
}

inline fallSilent(slot) {
  online = online & ~BIT(slot);
  NOTE(SILENT, slot);
  k = 0;
  do
  :: k < slots -> onlineSince[k] = onlineSince[k] & ~BIT(slot); k++
  :: else -> break
  od
}

/* The name's node, by an operator's hand: it is no breach of P10, and a reading need no longer show it. */
inline deregisterByHand(slot) {
  printf("the node of %c is deregistered by hand\n", LETTER(slot));
  registered = registered & ~BIT(slot); gone = gone | BIT(slot); online = online & ~BIT(slot);
  NOTE(NOTHING, slot);
  k = 0;
  do
  :: k < slots ->
     earlier[k] = earlier[k] & ~BIT(slot); beenOnlineAt[k] = beenOnlineAt[k] & ~BIT(slot); onlineSince[k] = onlineSince[k] & ~BIT(slot);
     k++
  :: else -> break
  od
}

/* ==== Readings ==== */

/* What came before the registration of a node that was old enough had settled, and is in the reading. */
inline mustShowWhatSettled() {
  mustShow = oldEnough; mustShowBeen = 0; mustShowOnline = 0;
  k = 0;
  do
  :: k < slots ->
     if
     :: IN(oldEnough, k) ->
        mustShow = mustShow | earlier[k];
        mustShowBeen = mustShowBeen | beenOnlineAt[k];
        mustShowOnline = mustShowOnline | onlineSince[k]
     :: else
     fi;
     k++
  :: else -> break
  od
}

/*
 * Any reading that any reader can have made up to now and not yet used, however slow it is. Nothing bounds how many read.
 * A reading shows each node as it was at any time, but for what must be in it. One that asked about less than all does no
 * more than one in which nobody is old enough. What makes no difference to link() is left out. reader.pml checks that each
 * reading of a reader that works step by step is among these.
 */
#define ONLY_ONE(set) ((set) != 0 && ((set) & ((set) - 1)) == 0)
inline anyReading() {
  NOTHING_READ;
  do                                                        /* the youngest that is old enough, if one is */
  :: i < slots -> i++
  :: i < slots && IN((registered | gone) & UNMARKED, i) -> oldEnough = BIT(i) | earlier[i]; askedAll = 1; break
  :: i == slots -> break
  od;
  mustShowWhatSettled();
#ifdef AGE_AFTER_THE_READING
  mustShow = 0; mustShowBeen = 0; mustShowOnline = 0;
#endif
#ifdef STRAY_CAN_REGISTER
  mustShow = mustShow & ~strays; mustShowBeen = mustShowBeen & ~strays;
#endif
  couldBeLinked = oldEnough | (node == NONE && ONLY_ONE(UNMARKED) -> UNMARKED : 0);
  i = 0;
  do
  :: i < slots && IN(marked | ~(registered | gone), i) -> i++
#ifdef ASKING_ABOUT_SOME
  :: i < slots && i != node && !IN(marked | ~(registered | gone), i) -> i++
#endif
  :: i < slots && !IN(marked | ~(registered | gone), i) ->
     if
     :: i == node ->
        if
        :: !IN(mustShowOnline, i) && (seenOnline || !IN(mustShowBeen, i))
        :: !IN(mustShowOnline, i) && !seenOnline && IN(beenOnline, i) -> shownBeen = shownBeen | BIT(i)
        :: IN(beenOnline, i) -> shownBeen = shownBeen | BIT(i); shownOnline = shownOnline | BIT(i)
        fi
     :: i != node && !IN(couldBeLinked, i) ->
        if
        :: true
        :: node != NONE || oldEnough != 0 -> shown = shown | BIT(i)
        fi
     :: i != node && IN(couldBeLinked, i) ->
        if
        :: !IN(mustShow | mustShowBeen | mustShowOnline, i)
        :: !IN(mustShowBeen | mustShowOnline, i) -> shown = shown | BIT(i)
        :: IN(beenOnline, i) && !IN(mustShowOnline, i) -> shown = shown | BIT(i); shownBeen = shownBeen | BIT(i)
        :: IN(beenOnline, i) -> shown = shown | BIT(i); shownBeen = shownBeen | BIT(i); shownOnline = shownOnline | BIT(i)
        fi
     fi;
     i++
  :: i == slots -> break
  od;
  skip
}

/* All troubles end: what SSM answers has settled, and the sweep looks once. Everything is decided then. */
inline assertAllIsDecided() {
  NOTHING_READ;
#ifdef STRAY_CAN_REGISTER
  superseded = superseded | strays; strays = 0;                       /* found by the attempt's id in their Description */
#endif
  shown = registered & ~marked & (UNMARKED | OF(node)); shownBeen = beenOnline & shown; shownOnline = online & shown;
  oldEnough = shown; askedAll = 1;
  link();
  assert((UNMARKED & registered) == 0);                               /* P6: no newcomer is left waiting */
  assert((registered & ~marked & ~OF(node)) == 0);                    /* P7: each other node is known, to be deregistered */
  assert(node == NONE || !IN(marked, node));                          /* P6: the name's node is not to be deregistered */
  assert(((live | ending) & ~(OF(activation) | superseded)) == 0);  /* P7: the record knows all that could register */
  assert(activation == NONE || node == NONE || !seenOnline || replaces[activation] == node)   /* P4 */
}

/* Any member of a set that is not empty. */
inline pick(slot, set) {
  slot = 0;
  do
  :: !IN(set, slot) -> slot++
  :: IN(set, slot) -> break
  :: IN(set, slot) && ((set) >> (slot + 1)) != 0 -> slot++
  od;
  skip
}

#ifdef ADOPTING_OVER_NEWCOMERS
#define IS_NAME_FREE true
#elif defined(STRAY_CAN_REGISTER)
#define IS_NAME_FREE false
#else
#define IS_NAME_FREE (UNMARKED == 0)
#endif

#define NEVER_USED (~(live | registered | gone))

active proctype Anything() {
  byte n;
  d_step {
    n = 0;
    do
    :: n < ACTIVATIONS -> grant[n] = fresh; replaces[n] = NONE; n++
    :: else -> break
    od;
    n = 0
  }
  do
  /* The sweep, an event, a claim: each links what it read. */
  :: atomic { ((registered | gone) & ~marked) != 0 -> anyReading(); d_step { link(); NOTHING_READ } }

#ifdef CALLERS
  :: d_step { leased -> leased = false }
#else
  /* claim(), by a caller whom decide() gives any grant that the record could justify, and issued(). */
  :: d_step { activation != NONE ->
       printf("%c is superseded\n", LETTER(activation));
       released = released || (node != NONE && replaces[activation] == node && grant[activation] == release);
       supersede() }
  :: atomic { activation == NONE && slots < ACTIVATIONS && (live & superseded) == 0 ->
       if
       :: printf("%c is issued: first or retry\n", LETTER(slots)); d_step { issue(fresh, NONE); NOTHING_READ }
       :: node != NONE -> printf("%c is issued: a rejoin of %c\n", LETTER(slots), LETTER(node)); d_step { issue(rejoin, node); NOTHING_READ }
       :: node != NONE && released -> printf("%c is issued: a release of %c\n", LETTER(slots), LETTER(node));
          d_step { released = false; issue(release, node); NOTHING_READ }
       fi }
#endif
#ifdef STRAY_CAN_REGISTER
  :: atomic { slots < ACTIVATIONS && slots > 0 && strays == 0 ->
       printf("%c is made and handed out, but is not in the record\n", LETTER(slots));
       strays = BIT(slots); live = live | strays; slots++ }
  :: d_step { strays != 0 -> printf("the stray is found\n"); superseded = superseded | strays; strays = 0 }
#endif

  /* DeleteActivation, and its end by itself; neither is known everywhere at once. */
  :: atomic { live != 0 -> pick(n, live);
       printf("%c is deleted, or expires\n", LETTER(n)); live = live & ~BIT(n); ending = ending | BIT(n); n = 0 }
  /* expire(): its end had settled before the reading, and the reading shows no node of it. So it never had one, nor will. */
#ifdef FORGETTING_BEFORE_IT_SETTLED
  :: atomic { (superseded & ~marked & ~live) != 0 -> pick(n, (superseded & ~marked & ~live));
       printf("%c is forgotten\n", LETTER(n)); superseded = superseded & ~BIT(n); n = 0 }
#else
  :: atomic { (UNMARKED & NEVER_USED) != 0 -> pick(n, (UNMARKED & NEVER_USED));
       printf("%c is forgotten\n", LETTER(n)); d_step { freeSlot(n); n = 0; NOTHING_READ } }
#endif
  :: atomic { marked != 0 -> pick(n, marked); d_step { deregister(n); n = 0; NOTHING_READ } }

  /* Machines. */
  :: atomic { (live | ending) != 0 -> pick(n, (live | ending)); d_step { register(n); n = 0; NOTHING_READ } }
  :: atomic { (registered & ~marked & ~online) != 0 -> pick(n, (registered & ~marked & ~online));
       printf("the node of %c pings: Online\n", LETTER(n));
       d_step { online = online | BIT(n); beenOnline = beenOnline | BIT(n); NOTE(ONLINE, n); n = 0; NOTHING_READ } }
  :: atomic { (online & ~marked) != 0 -> pick(n, (online & ~marked));
       printf("the node of %c falls silent\n", LETTER(n)); d_step { fallSilent(n); n = 0; NOTHING_READ } }

  /* Operators. */
  :: d_step { node != NONE && !released -> printf("an operator releases the name of %c\n", LETTER(node)); released = true }
  :: d_step { node != NONE || UNMARKED != 0 -> giveUp(); NOTHING_READ }
  :: d_step { node != NONE && IN(registered, node) -> deregisterByHand(node); NOTHING_READ }
  :: d_step { node != NONE && IN(gone, node) -> withoutNode(); NOTHING_READ }
  /* reconcile(): a node of this name that registered by other means is adopted, where nothing of ours is undecided. */
  :: d_step { node == NONE && activation == NONE && slots < ACTIVATIONS && IS_NAME_FREE ->
       n = slots; slots++; noteIssued(n); register(n); node = n;
       printf("... but by other means than ours, and %c is adopted\n", LETTER(n)); n = 0; NOTHING_READ }

#ifdef READER
  :: atomic { stage == 0 && (registered & ~marked & ~aged) != 0 -> pick(n, (registered & ~marked & ~aged));
       d_step { becomeOldEnough(n); n = 0; NOTHING_READ } }
  :: atomic { stage == 0 && (UNMARKED & ~(live | ended)) != 0 -> pick(n, (UNMARKED & ~(live | ended)));
       d_step { noteEndSettled(n); n = 0 } }
  :: atomic { stage == 0 && slots != 0 -> observe() }
  :: d_step { stage == 1 -> assertAnyReadingCovers() }; break
#else
  :: d_step { true -> printf("all troubles end, and the sweep looks\n"); assertAllIsDecided(); NOTHING_READ }; break
#endif
  od
#ifdef CALLERS
  ; stopped = true
#endif
}

#ifdef CALLERS
/* activate(), step by step. The process may die between any two steps, or be held up for longer than its lease. */
active [2] proctype Caller() {
idle:
  atomic { !stopped && !(attempt != 0 && leased) ->                   /* claim() */
    d_step {
      printf("caller %d claims the name\n", _pid);
      toDelete[_pid] = superseded & ~marked | OF(activation);
      released = released || (node != NONE && activation != NONE && replaces[activation] == node && grant[activation] == release);
      supersede(); attempt = _pid; leased = true
    }
    if
    :: node == NONE || !seenOnline -> attemptGrant = fresh; attemptReplaces = NONE
    :: node != NONE -> attemptGrant = rejoin; attemptReplaces = node
    :: node != NONE && released -> attemptGrant = release; attemptReplaces = node
    fi }
  atomic { !stopped ->                                                /* retireEarlierActivations() */
    if
    :: toDelete[_pid] = 0; goto idle                                  /* dies */
    :: attempt == _pid -> attempt = 0; toDelete[_pid] = 0; goto idle  /* mustYield(), or failed() */
#ifdef BELIEVING_INVALID_ACTIVATION
    :: printf("SSM does not know yet the activations that caller %d deletes, and that is believed\n", _pid); toDelete[_pid] = 0
#endif
    :: ending = ending | (live & toDelete[_pid]); live = live & ~toDelete[_pid]; toDelete[_pid] = 0
    fi }
  atomic { !stopped ->                                                /* mint(): nobody has its code before it is issued() */
    if
    :: goto idle                                                      /* dies, or failed() */
    :: attempt == _pid && slots < ACTIVATIONS ->
       printf("caller %d makes %c\n", _pid, LETTER(slots));
       assert(activation == NONE && live == 0);                       /* P1 */
       d_step {
         if
         :: attemptReplaces == NONE || attemptReplaces != node -> issue(fresh, NONE)
         :: else -> issue(attemptGrant, attemptReplaces)
         fi;
         if
         :: attemptGrant == release -> released = false
         :: else
         fi;
         attempt = 0; leased = false; attemptGrant = fresh; attemptReplaces = NONE
       };
       goto idle
    fi }
}
#endif
