package io.natconnector;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/** Why a connection to a server came to nothing, in words that lead on. */
final class ConnectionFailure {
    private ConnectionFailure() { }

    static String text(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof CertificateException) {
                return "its certificate is not to be trusted: " + at.getMessage();
            }
        }
        if (cause instanceof SSLException) {
            return "no TLS with it: " + cause.getMessage();
        }
        if (cause instanceof NoRouteToHostException) {
            return "there is no way to it: " + cause.getMessage();
        }
        return (cause instanceof ConnectException ? "it can't be connected to: " : "") + cause.getMessage();
    }
}
