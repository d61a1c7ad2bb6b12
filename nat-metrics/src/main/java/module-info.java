/** Micrometer meters of a connector and of a server. */
module io.natconnector.metrics {
    requires transitive io.natconnector;
    requires transitive micrometer.core;

    exports io.natconnector.metrics;
}
