import { withStore } from '../../../interop/graphiql-store.js';

/**
 * Runs in GraphiQL's page. Ends the subscription of a tab when the user opens a new one. GraphiQL does so when the user selects another
 * tab or closes the tab, but not for a new tab, which would show the events of the old tab's subscription.
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
