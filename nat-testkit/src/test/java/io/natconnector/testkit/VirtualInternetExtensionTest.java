package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

class VirtualInternetExtensionTest {
    private static final String BY_US_ONLY = "run by the tests here, which switch conditions off";
    private static final List<Long> SEEDS = new ArrayList<>();
    private static VirtualInternet before;
    private static boolean inUse;

    private final String givenSeed = System.getProperty(VirtualInternetExtension.SEED_PROPERTY);

    @BeforeEach
    void reset() {
        SEEDS.clear();
        inUse = false;
        System.clearProperty(VirtualInternetExtension.SEED_PROPERTY);
    }

    @AfterEach
    void restore() {
        if (givenSeed == null) {
            System.clearProperty(VirtualInternetExtension.SEED_PROPERTY);
        } else {
            System.setProperty(VirtualInternetExtension.SEED_PROPERTY, givenSeed);
        }
    }

    @Test
    void runsATemplateOnceForEachSeed() {
        TestExecutionSummary summary = run(Seeds.class);

        assertThat(summary.getTestsSucceededCount()).isEqualTo(5);
        assertThat(SEEDS).containsExactly(7L, 8L, 9L, 10L, 11L);
    }

    @Test
    void theSystemPropertyNamesTheOneSeedToReplay() {
        System.setProperty(VirtualInternetExtension.SEED_PROPERTY, "4711");

        run(Seeds.class);
        run(Plain.class);

        assertThat(SEEDS).containsExactly(4711L, 4711L);
    }

    @Test
    void aFailureCarriesItsSeedAndTheTrace() {
        TestExecutionSummary summary = run(Failing.class);

        assertThat(summary.getFailures()).hasSize(1);
        Throwable failure = summary.getFailures().get(0).getException();
        assertThat(failure).hasMessage("as it should");
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0].getMessage())
                .contains("-Dnat.seed=3", "alice -> bob", "\"the last words\"  delivered", "bob: 1 delivered");
    }

    @Test
    void setUpAndTestShareOneInternetWhichIsClosedAfterThem() {
        TestExecutionSummary summary = run(Plain.class);

        assertThat(summary.getTestsSucceededCount()).isEqualTo(1);
        assertThat(inUse).isTrue();
    }

    private static TestExecutionSummary run(Class<?> tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests))
                .configurationParameter("junit.jupiter.conditions.deactivate", "*").build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }

    @Disabled(BY_US_ONLY)
    static class Seeds {
        @VirtualInternetTest(seed = 7, seeds = 5)
        void seeds(VirtualInternet net) {
            SEEDS.add(net.seed());
        }
    }

    @Disabled(BY_US_ONLY)
    static class Failing {
        @VirtualInternetTest(seed = 3)
        void fails(VirtualInternet net) {
            VirtualSocket bob = net.host("bob", "198.51.100.2").socket(6000);
            net.host("alice", "198.51.100.1").socket(5000).send(bob.address(), "the last words");
            net.runFor(ofMillis(1));
            fail("as it should");
        }
    }

    @Disabled(BY_US_ONLY)
    @ExtendWith(VirtualInternetExtension.class)
    static class Plain {
        @BeforeEach
        void stage(VirtualInternet net) {
            before = net;
        }

        @Test
        void shares(VirtualInternet net) {
            SEEDS.add(net.seed());
            assertThat(net).isSameAs(before);
        }

        @AfterEach
        void stillInUse(VirtualInternet net) {
            inUse = net == before;
        }
    }
}
