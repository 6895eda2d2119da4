// Sets the theme before the first paint; the policy forbids inline scripts, so it is a file.
(function () {
  var wish = null;
  try {
    wish = localStorage.getItem('procyon.theme');
  } catch (e) {
    // Storage is forbidden: follow the system.
  }
  var dark = wish === 'dark' || (wish !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
