package io.natconnector.testkit;

/** Something that happens at a moment of virtual time; of two at the same moment, the one planned first happens first. */
abstract class Event implements Comparable<Event> {
    private long at;
    private long order;

    /** What happens. The clock stands at {@link #at}. */
    abstract void happen();

    /** Releases what it holds: the network is closed, it will never happen. */
    void forget() { }

    final long at() {
        return at;
    }

    final void plan(long at, long order) {
        this.at = at;
        this.order = order;
    }

    @Override
    public final int compareTo(Event other) {
        return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }

    /** An event that is a piece of code. */
    static Event of(Runnable action) {
        return new Event() {
            @Override
            void happen() {
                action.run();
            }
        };
    }
}
