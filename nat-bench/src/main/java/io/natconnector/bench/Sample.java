package io.natconnector.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Figures of the same thing, taken again and again. Not thread-safe. */
final class Sample {
    private final List<Double> values = new ArrayList<>();
    private boolean sorted;

    void add(double value) {
        values.add(value);
        sorted = false;
    }

    int size() {
        return values.size();
    }

    double median() {
        return percentile(50);
    }

    double least() {
        return percentile(0);
    }

    double most() {
        return percentile(100);
    }

    /** The value that so many percent of the others don't exceed, by the nearest rank; NaN when there are none. */
    double percentile(double percent) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        if (!sorted) {
            Collections.sort(values);
            sorted = true;
        }
        int rank = (int) Math.ceil(percent / 100.0 * values.size());
        return values.get(Math.max(rank, 1) - 1);
    }
}
