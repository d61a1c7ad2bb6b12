package io.natconnector.natpeer.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Rows under a heading, each column as wide as its widest cell. Not thread-safe. */
public final class Table {
    private static final String GAP = "  ";

    private final List<String> heading;
    private final boolean[] numeric;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param heading one word for each column; one that begins with {@code >} is aligned to the right, for numbers */
    public Table(String... heading) {
        this.heading = Arrays.stream(heading).map(word -> word.startsWith(">") ? word.substring(1) : word).toList();
        this.numeric = new boolean[heading.length];
        IntStream.range(0, heading.length).forEach(column -> numeric[column] = heading[column].startsWith(">"));
    }

    /** @throws IllegalArgumentException if there are not as many cells as columns */
    public Table row(Object... cells) {
        if (cells.length != heading.size()) {
            throw new IllegalArgumentException("a row of this table has " + heading.size() + " cells, not " + cells.length);
        }
        rows.add(Arrays.stream(cells).map(String::valueOf).toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Every line indented and ended. */
    public String text(String indent) {
        int[] widths = IntStream.range(0, heading.size()).map(this::width).toArray();
        StringBuilder text = new StringBuilder();
        append(text, indent, heading, widths);
        append(text, indent, Arrays.stream(widths).mapToObj("-"::repeat).toList(), widths);
        rows.forEach(row -> append(text, indent, row, widths));
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).reduce(heading.get(column).length(), Math::max);
    }

    private void append(StringBuilder text, String indent, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(indent);
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - cells.get(column).length());
            line.append(column == 0 ? "" : GAP).append(numeric[column] ? padding : "").append(cells.get(column))
                    .append(numeric[column] ? "" : padding);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
