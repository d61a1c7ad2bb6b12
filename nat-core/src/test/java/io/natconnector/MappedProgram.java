package io.natconnector;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/**
 * A process of its own, for a network namespace of its own: a connector that says what the gateway has given it, how many datagrams
 * have come for each line that it reads, and ends when there are no more lines.
 */
final class MappedProgram {
    private MappedProgram() { }

    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        try (Connector connector = Connector.builder().portMapping(true).plaintext()
                .bind(InetAddress.getByName(arguments[0])).build();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            NetworkReport report = connector.check(Duration.ofSeconds(5)).get();
            report.servers().forEach(System.out::println);
            System.out.println("checked");
            while (in.readLine() != null) {
                System.out.println("received " + connector.statistics().datagramsReceived());
            }
        }
        System.out.println("closed");
    }
}
