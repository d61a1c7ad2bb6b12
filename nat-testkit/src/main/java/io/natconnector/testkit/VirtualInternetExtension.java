package io.natconnector.testkit;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Hands a {@link VirtualInternet} to every test method that asks for one, and closes it afterwards. To a failure it adds the seed
 * and the trace. The seed is that of {@link VirtualInternetTest}, else 1; the system property {@code nat.seed} goes before both.
 */
public final class VirtualInternetExtension
        implements ParameterResolver, AfterEachCallback, TestTemplateInvocationContextProvider {
    /** The system property that names the one seed to run with. */
    public static final String SEED_PROPERTY = "nat.seed";

    private static final Namespace NAMESPACE = Namespace.create(VirtualInternetExtension.class);
    private static final long USUAL_SEED = 1;

    private final Long seed;                                  // null: registered by a test that is no template of ours

    public VirtualInternetExtension() {
        this(null);
    }

    private VirtualInternetExtension(Long seed) {
        this.seed = seed;
    }

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return annotation(context).isPresent();
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        VirtualInternetTest test = annotation(context).orElseThrow();
        Long only = Long.getLong(SEED_PROPERTY);
        LongStream seeds = only != null ? LongStream.of(only) : LongStream.range(test.seed(), test.seed() + test.seeds());
        return seeds.mapToObj(Invocation::new);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        boolean ours = seed != null || annotation(context).isEmpty();
        return ours && parameter.getParameter().getType() == VirtualInternet.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Store store = context.getStore(NAMESPACE);
        VirtualInternet net = store.get(VirtualInternet.class, VirtualInternet.class);
        if (net == null) {
            net = new VirtualInternet(seed != null ? seed : Long.getLong(SEED_PROPERTY, USUAL_SEED));
            store.put(VirtualInternet.class, net);
        }
        return net;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        VirtualInternet net = context.getStore(NAMESPACE).remove(VirtualInternet.class, VirtualInternet.class);
        if (net == null) {
            return;
        }
        context.getExecutionException().ifPresent(failure -> failure.addSuppressed(new Replay(net)));
        net.close();
    }

    private static Optional<VirtualInternetTest> annotation(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getTestMethod(), VirtualInternetTest.class);
    }

    private record Invocation(long seed) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return "seed " + seed;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new VirtualInternetExtension(seed));
        }
    }

    /** Rides on a test's failure, to be printed with it. */
    private static final class Replay extends Exception {
        private static final long serialVersionUID = 1;

        Replay(VirtualInternet net) {
            super("run with -D" + SEED_PROPERTY + "=" + net.seed() + " to replay this:\n" + net.trace() + net.report(),
                    null, false, false);
        }
    }
}
