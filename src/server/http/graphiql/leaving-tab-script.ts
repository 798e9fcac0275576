import { withStore } from '../../../interop/graphiql-store.js';

/**
 * Runs in GraphiQL's page: ends the subscription of a tab that is left. GraphiQL does so if another tab is chosen or the tab is
 * closed, but not for a new tab, which would show the events of a subscription that it does not have.
 */
export const leavingTabScript = `<script>
(() => {
  ${withStore}
  const activeTab = ({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.id;
  withStore((store) => store.subscribe((state, before) => {
    if (state.subscription && activeTab(state) !== activeTab(before)) state.actions.stop();
  }));
})();
</script>`;
