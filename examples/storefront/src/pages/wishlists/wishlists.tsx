export default function Page() {
  return <div class='page'><h1>wishlists</h1></div>;
}
