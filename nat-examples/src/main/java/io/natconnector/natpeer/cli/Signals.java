package io.natconnector.natpeer.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. The JDK has them, but says that they may go, and the compiler warns of their use; so they are
 * looked for when the program runs. A shutdown hook would not do: it sees the first signal only.
 */
public final class Signals {
    private Signals() { }

    /**
     * Runs the action, on a thread of its own, whenever the signal comes, in place of ending the process.
     *
     * @param name as {@code TERM}
     * @return false where that can't be had: the signal ends the process as ever
     */
    public static boolean handle(String name, Runnable action) {
        InvocationHandler onSignal = (handler, method, arguments) -> {
            action.run();
            return null;
        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
            signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (ReflectiveOperationException | LinkageError e) {
            return false;                                     // no such signal, or somebody has it already (-Xrs)
        }
    }
}
