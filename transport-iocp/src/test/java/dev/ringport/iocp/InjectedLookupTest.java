// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.NameAnswers.Asked;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.names.NameQuery;
import dev.ringport.iocp.names.WinsockAddressResolver.Order;
import dev.ringport.testkit.Waiting;
import dev.ringport.testrules.UnseenFailures;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.ringport.iocp.abi.WinsockConstants.AF_INET;
import static dev.ringport.iocp.abi.WinsockConstants.AF_UNSPEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every way in which Windows may end a lookup, on any system. */
class InjectedLookupTest extends LookupFixture {
    @Test
    void anAnswerOfLaterCarriesTheNameAndThePort() throws Exception {
        Future<InetSocketAddress> future = resolve("db.example");
        Asked asked = windows.next();
        assertThat(asked.host()).isEqualTo("db.example");
        assertThat(asked.family()).isEqualTo(NetUtil.isIpV4StackPreferred() ? AF_INET : AF_UNSPEC);
        assertThat(future.isDone()).isFalse();
        windows.give(asked, inet(7), inet(8));

        NameAnswers.endElsewhere(asked, 0);

        InetSocketAddress address = get(future);
        assertThat(address.getAddress().getAddress()).containsExactly(10, 0, 0, 7);
        assertThat(address.getHostString()).isEqualTo("db.example");
        assertThat(address.getPort()).isEqualTo(PORT);
        assertThat(windows.cancellations()).as("an answered lookup is not cancelled").isZero();
    }

    @Test
    void allAddressesComeOnceInTheSystemsOrderWithTheirScopes() throws Exception {
        byte[] linkLocal = {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
        Future<List<InetSocketAddress>> future = resolveAll(group, "many.example");
        Asked asked = windows.next();
        windows.give(
                asked, Inet6Address.getByAddress(null, linkLocal, 5), inet(1), inet6(1), inet(1), inet(2),
                Inet6Address.getByAddress(null, linkLocal, 6), Inet6Address.getByAddress(null, linkLocal, 5));
        NameAnswers.endElsewhere(asked, 0);

        List<InetSocketAddress> found = get(future);
        assertThat(found).extracting(address -> address.getAddress().getHostAddress())
                .containsExactly(
                        "fe80:0:0:0:0:0:0:9%5", "10.0.0.1", "fd00:0:0:0:0:0:0:1", "10.0.0.2", "fe80:0:0:0:0:0:0:9%6");
        assertThat(found).allSatisfy(address -> assertThat(address.getHostString()).isEqualTo("many.example"));
    }

    @ParameterizedTest
    @CsvSource({"true, fd00:0:0:0:0:0:0:1 fd00:0:0:0:0:0:0:2 10.0.0.1 10.0.0.2",
        "false, 10.0.0.1 10.0.0.2 fd00:0:0:0:0:0:0:1 fd00:0:0:0:0:0:0:2",
        "system, 10.0.0.1 fd00:0:0:0:0:0:0:1 10.0.0.2 fd00:0:0:0:0:0:0:2"})
    void aPropertyPutsOneFamilyFirst(String property, String order) throws Exception {
        WinsockAddressResolverGroup sorting = group(0, Order.of(property));
        Future<List<InetSocketAddress>> future = resolveAll(sorting, "both.example");
        Asked asked = windows.next();
        windows.give(asked, inet(1), inet6(1), inet(2), inet6(2));
        NameAnswers.endElsewhere(asked, 0);

        assertThat(get(future)).extracting(address -> address.getAddress().getHostAddress())
                .containsExactly(order.split(" "));
        assertThat(Order.of(null)).isEqualTo(Order.INET);
        assertThat(Order.of("maybe")).isEqualTo(Order.INET);
        sorting.close();
    }

    @ParameterizedTest
    @CsvSource({"11001, WSAHOST_NOT_FOUND", "11002, WSATRY_AGAIN", "11004, WSANO_DATA", "10111, WSA_E_CANCELLED",
        "12345, unknown code"})
    void aFailureOfLaterIsAnUnknownHostWithTheCodeAndItsName(int code, String name) throws Exception {
        Future<InetSocketAddress> future = resolve("none.example");

        NameAnswers.endElsewhere(windows.next(), code);

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class)
                .hasMessageStartingWith("none.example: GetAddrInfoExW failed: ")
                .hasMessageContainingAll(name, String.valueOf(code));
    }

    @Test
    void aFailureAtOnceIsOneToo() throws Exception {
        windows.onBegin(asked -> -WindowsErrors.WSAHOST_NOT_FOUND);

        assertThat(failure(resolve("none.example"))).isInstanceOf(UnknownHostException.class)
                .hasMessageContainingAll("none.example", "WSAHOST_NOT_FOUND", "11001");
    }

    @Test
    void anAnswerAtOnceNeedsNoCallBack() throws Exception {
        windows.onBegin(asked -> {
            giveOne(asked);
            return 0;
        });

        assertThat(get(resolve("fast.example")).getAddress().getHostAddress()).isEqualTo("10.0.0.1");
    }

    private void giveOne(Asked asked) {
        try {
            windows.give(asked, inet(1));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCallBackBeforeTheCallReturnsIsTheAnswerWhateverTheCallSays() throws Exception {
        for (int said : new int[]{-WindowsErrors.WSA_IO_PENDING, 0}) {
            windows.onBegin(asked -> {
                giveOne(asked);
                try {
                    NameAnswers.endElsewhere(asked, 0);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                return said;
            });
            assertThat(get(resolve("race.example")).getPort()).isEqualTo(PORT);

            windows.onBegin(asked -> {
                giveOne(asked);
                NameAnswers.end(asked, 0);
                return said;
            });
            assertThat(get(resolve("same-thread.example")).getPort()).isEqualTo(PORT);
        }
    }

    @Test
    void aSuccessWithoutAddressesHasFoundNothing() throws Exception {
        Future<InetSocketAddress> future = resolve("empty.example");

        NameAnswers.endElsewhere(windows.next(), 0);

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class).hasMessageContaining("WSANO_DATA");
    }

    @Test
    void anAnswerThatCannotBeReadFailsThePromiseAndIsFreed() throws Exception {
        Future<InetSocketAddress> future = resolve("broken.example");
        Asked asked = windows.next();
        windows.giveUnreadable(asked, inet(1));

        NameAnswers.endElsewhere(asked, 0);

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class)
                .hasMessageContainingAll("broken.example", "WSANO_RECOVERY", "11003")
                .hasCauseInstanceOf(RuntimeException.class);
        assertThat(windows.lists()).isZero();
    }

    @Test
    void aCallThatThrowsFailsThePromiseAndHoldsNoMemory() throws Exception {
        windows.onBegin(asked -> {
            throw new LinkageError("thrown by the test");
        });

        assertThat(failure(resolve("unbound.example"))).isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("unbound.example")
                .hasRootCauseMessage("thrown by the test");
        assertThat(NameQuery.pending()).isZero();
    }

    @Test
    void aListenerThatThrowsDoesNotLeaveTheCallBack() throws Exception {
        Future<InetSocketAddress> future = resolve("thrower.example");
        Asked asked = windows.next();
        future.addListener(done -> {
            throw new IllegalStateException("thrown by the test");
        });

        NameAnswers.endElsewhere(asked, WindowsErrors.WSAHOST_NOT_FOUND);

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class);
        // A listener may throw after others have been told.
        List<Throwable> thrown = new ArrayList<>();
        Waiting.until("the listener has thrown", () -> {
            thrown.addAll(UnseenFailures.take());
            return !thrown.isEmpty();
        });
        assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void manyLookupsEndInAnyOrder() throws Exception {
        List<Future<InetSocketAddress>> futures = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            futures.add(resolve("host" + i + ".example"));
        }
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            asked.addFirst(windows.next());
        }
        for (Asked one : asked) {
            windows.give(one, inet(one.host().length()));
            NameAnswers.end(one, 0);
        }
        for (int i = 0; i < 200; i++) {
            assertThat(get(futures.get(i)).getHostString()).isEqualTo("host" + i + ".example");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "fd00::1", "[::1]"})
    void anAddressAsTextNeedsNoLookup(String text) throws Exception {
        InetSocketAddress address = get(resolve(text));

        assertThat(address.getAddress()).isEqualTo(InetAddress.getByName(text));
        assertThat(windows.hasAsked()).isFalse();
    }

    /** Windows would read them as C of old did, and find other addresses than the JDK. */
    @ParameterizedTest
    @ValueSource(strings = {"0177.0.0.1", "0x7f.1", "0x7f000001", "017700000001", "127.0.0.0x1", "127.1", "2130706433",
        "010.0.0.1"})
    void aNumberIsWhatTheJdkTakesItFor(String text) throws Exception {
        Future<InetSocketAddress> future = resolve(text);
        assertThat(future.await(30, TimeUnit.SECONDS)).isTrue();

        try {
            assertThat(future.getNow()).isEqualTo(new InetSocketAddress(InetAddress.getByName(text), PORT));
        } catch (UnknownHostException refused) {
            assertThat(future.cause()).isInstanceOf(UnknownHostException.class).hasMessageContaining(text);
        }
        assertThat(windows.hasAsked()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x7f.example", "1and1.example", "127.0.0.1.example", "0x7g", "08.0.0.1.2"})
    void aNameThatBeginsWithADigitIsAskedFor(String name) throws Exception {
        Future<InetSocketAddress> future = resolve(name);
        Asked asked = windows.next();
        assertThat(asked.host()).isEqualTo(name);

        NameAnswers.endElsewhere(asked, WindowsErrors.WSAHOST_NOT_FOUND);

        assertThat(failure(future)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void theEmptyNameIsThisMachine() throws Exception {
        assertThat(get(resolve("")).getAddress().isLoopbackAddress()).isTrue();
        assertThat(windows.hasAsked()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"good.example\0evil.example", "\0"})
    void aNameWithNulIsNotCutOff(String name) throws Exception {
        assertThat(failure(resolve(name))).isInstanceOf(UnknownHostException.class);
        assertThat(windows.hasAsked()).isFalse();
    }

    @Test
    void aNameThatIsTooLongAsksForNothing() throws Exception {
        assertThat(failure(resolve("x".repeat(2_000)))).isInstanceOf(UnknownHostException.class);
        assertThat(windows.hasAsked()).isFalse();
        Future<InetSocketAddress> longest = resolve("x".repeat(1_024));
        NameAnswers.endElsewhere(windows.next(), WindowsErrors.WSAHOST_NOT_FOUND);
        assertThat(failure(longest)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void aNegativeTimeOutIsRefused() {
        assertThatThrownBy(() -> group(-1, Order.SYSTEM)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeoutMillis");
    }
}
