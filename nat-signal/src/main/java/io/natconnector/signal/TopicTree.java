package io.natconnector.signal;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Who wants what: topic filters, and for each of them values by subscriber. Finding the matches of a topic costs by its levels and
 * matches, not by the number of subscriptions. Filters and topics are well formed ({@link Topics}). Not thread-safe.
 *
 * @param <S> a subscriber
 * @param <V> what is kept of its subscription
 */
final class TopicTree<S, V> {
    private final Node<S, V> root = new Node<>();

    private static final class Node<S, V> {
        final Map<String, Node<S, V>> children = new HashMap<>();
        final Map<S, V> values = new HashMap<>();

        boolean isEmpty() {
            return children.isEmpty() && values.isEmpty();
        }
    }

    /** Returns what the subscriber had there before, or {@code null}. */
    V put(String filter, S subscriber, V value) {
        Node<S, V> node = root;
        for (String level : Topics.levels(filter)) {
            node = node.children.computeIfAbsent(level, any -> new Node<>());
        }
        return node.values.put(subscriber, value);
    }

    /** Returns what the subscriber had there, or {@code null}. */
    V remove(String filter, S subscriber) {
        return remove(root, Topics.levels(filter), 0, subscriber);
    }

    private V remove(Node<S, V> node, String[] levels, int depth, S subscriber) {
        if (depth == levels.length) {
            return node.values.remove(subscriber);
        }
        Node<S, V> child = node.children.get(levels[depth]);
        if (child == null) {
            return null;
        }
        V removed = remove(child, levels, depth + 1, subscriber);
        if (child.isEmpty()) {
            node.children.remove(levels[depth]);
        }
        return removed;
    }

    /** Calls back for each subscription that matches; more than once for a subscriber whose filters overlap. */
    void match(String topic, BiConsumer<S, V> action) {
        // MQTT 5, section 4.7.2: wildcards in front don't match topics that begin with $
        match(root, Topics.levels(topic), 0, !topic.startsWith("$"), action);
    }

    private void match(Node<S, V> node, String[] levels, int depth, boolean wild, BiConsumer<S, V> action) {
        Node<S, V> rest = wild ? node.children.get("#") : null;
        if (rest != null) {
            rest.values.forEach(action);                      // "a/#" matches "a" too
        }
        if (depth == levels.length) {
            node.values.forEach(action);
            return;
        }
        Node<S, V> same = node.children.get(levels[depth]);
        if (same != null) {
            match(same, levels, depth + 1, true, action);
        }
        Node<S, V> any = wild ? node.children.get("+") : null;
        if (any != null) {
            match(any, levels, depth + 1, true, action);
        }
    }

    boolean isEmpty() {
        return root.isEmpty();
    }
}
