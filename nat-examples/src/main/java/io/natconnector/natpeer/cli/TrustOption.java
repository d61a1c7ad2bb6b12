package io.natconnector.natpeer.cli;

import io.natconnector.ConnectorBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whom to believe when a relay over TLS shows its certificate. */
public final class TrustOption {
    @Option(names = "--trust", paramLabel = "PEM",
            description = "Believe relays over TLS that show a certificate in this file, or one that those vouch for, and no "
                + "others. Default: those that Java trusts.")
    private Path trusted;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** @throws ParameterException if the file can't be read or holds no certificate */
    public void addTo(ConnectorBuilder builder) {
        if (trusted == null) {
            return;
        }
        try (InputStream in = Files.newInputStream(trusted)) {
            X509Certificate[] certificates = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast).toArray(X509Certificate[]::new);
            if (certificates.length == 0) {
                throw new IOException("there is no certificate in it");
            }
            builder.trust(certificates);
        } catch (IOException | CertificateException e) {
            throw new ParameterException(command.commandLine(), "--trust takes a file of certificates in PEM; " + trusted + ": "
                    + e.getMessage(), e);
        }
    }
}
