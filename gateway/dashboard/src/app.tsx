import { QueryClientProvider } from "@tanstack/react-query";
import type { ComponentChildren } from "preact";
import { Suspense } from "preact/compat";
import { useEffect } from "preact/hooks";
import { Redirect, Route, Router, Switch } from "wouter";
import { queryClient } from "./api/query_client";
import { OPEN_SCREENS, SCREENS, fetchAhead } from "./screens";
import { Gate } from "./sign_in/gate";
import { type Language, TextProvider } from "./text";
import type { Text } from "./text/en";
import { Bare } from "./ui/bare";
import { ErrorBoundary } from "./ui/error_boundary";
import { Layout } from "./ui/layout";
import { NotFound } from "./ui/not_found";
import { Skeleton } from "./ui/skeleton";
import { Toasts } from "./ui/toasts";

// Everything: languages, answers, addresses, and the screen of the address in its frame.
export function App({ initial }: { initial: { language: Language; text: Text } }) {
  return (
    <TextProvider initial={initial}>
      <QueryClientProvider client={queryClient}>
        <Router base="/dashboard">
          <Switch>
            {OPEN_SCREENS.map(({ path, screen: Screen }) => (
              <Route key={path} path={path}>
                <Bare>
                  <Awaited>
                    <Screen />
                  </Awaited>
                </Bare>
              </Route>
            ))}
            <Route>
              <Gate>
                <Layout>
                  <Awaited>
                    <Screens />
                  </Awaited>
                </Layout>
              </Gate>
            </Route>
          </Switch>
          <Toasts />
        </Router>
      </QueryClientProvider>
    </TextProvider>
  );
}

function Awaited({ children }: { children: ComponentChildren }) {
  return (
    <ErrorBoundary>
      <Suspense fallback={<Skeleton />}>{children}</Suspense>
    </ErrorBoundary>
  );
}

function Screens() {
  useEffect(fetchAhead, []);
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/links" replace />
      </Route>
      {SCREENS.map(({ path, screen }) => (
        <Route key={path} path={path} component={screen} />
      ))}
      <Route component={NotFound} />
    </Switch>
  );
}
